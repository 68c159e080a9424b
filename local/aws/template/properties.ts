/** The resolved properties of a resource or of a nested object. Methods throw if a property is missing or invalid. */
export class Properties {
  constructor(private readonly values: Readonly<Record<string, unknown>>, private readonly path = '') {}

  public string(name: string): string {
    const value = this.optionalString(name);
    if (value === undefined) {
      throw new Error(`property ${this.path}${name} is missing`);
    }
    return value;
  }

  public optionalString(name: string): string | undefined {
    const value = this.values[name];
    if (value !== undefined && !['string', 'number', 'boolean'].includes(typeof value)) {
      throw new Error(`property ${this.path}${name} must be a string, but is ${JSON.stringify(value)}`);
    }
    return value === undefined ? undefined : String(value);
  }

  /** An integer, which can be a string in CloudFormation. */
  public integer(name: string, whenMissing: number): number {
    return this.optionalInteger(name) ?? whenMissing;
  }

  public optionalInteger(name: string): number | undefined {
    const value = this.optionalString(name);
    if (value !== undefined && !/^\d+$/.test(value)) {
      throw new Error(`property ${this.path}${name} must be an integer, but is "${value}"`);
    }
    return value === undefined ? undefined : Number(value);
  }

  public flag(name: string, whenMissing: boolean): boolean {
    const value = this.optionalString(name);
    return value === undefined ? whenMissing : value === 'true';
  }

  /** An object, which is empty by default. */
  public object(name: string): Properties {
    return new Properties((this.values[name] ?? {}) as Record<string, unknown>, `${this.path}${name}.`);
  }

  public list(name: string): readonly unknown[] {
    const value = this.values[name] ?? [];
    if (!Array.isArray(value)) {
      throw new Error(`property ${this.path}${name} must be a list, but is ${JSON.stringify(value)}`);
    }
    return value;
  }

  public objects(name: string): Properties[] {
    return this.list(name).map((item, index) => new Properties(item as Record<string, unknown>, `${this.path}${name}[${index}].`));
  }

  /** The value without checks. */
  public raw(name: string): unknown {
    return this.values[name];
  }

  public names(): string[] {
    return Object.keys(this.values);
  }
}
