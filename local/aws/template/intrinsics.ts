import type { StackEnvironment, Template } from './template';

/** Marks values that AWS::NoValue removes. */
const NO_VALUE = Symbol('AWS::NoValue');

/** Resolves references to resources. */
export interface ResourceReferences {
  ref(logicalId: string): string | undefined;
  attribute(logicalId: string, name: string): string;
}

type Arguments = readonly unknown[];

/** Resolves the intrinsic functions of a template. */
export class Intrinsics {
  private readonly functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    'Ref': (name) => this.ref(String(name)),
    'Fn::GetAtt': (argument) => this.getAtt(argument),
    'Fn::Join': (argument) => this.join(this.list('Fn::Join', argument, 2)),
    'Fn::Sub': (argument) => this.sub(argument),
    'Fn::Select': (argument) => this.select(this.list('Fn::Select', argument, 2)),
    'Fn::Split': (argument) => this.split(this.list('Fn::Split', argument, 2)),
    'Fn::If': (argument) => this.if(this.list('Fn::If', argument, 3)),
    'Fn::FindInMap': (argument) => this.findInMap(this.list('Fn::FindInMap', argument, 3)),
    'Fn::Equals': (argument) => this.equals(this.list('Fn::Equals', argument, 2)),
    'Fn::And': (argument) => (argument as Arguments).every((condition) => this.isTrue(condition)),
    'Fn::Or': (argument) => (argument as Arguments).some((condition) => this.isTrue(condition)),
    'Fn::Not': (argument) => !this.isTrue(this.list('Fn::Not', argument, 1)[0]),
  };

  private readonly pseudoParameters: Readonly<Record<string, unknown>>;

  constructor(private readonly template: Template, environment: StackEnvironment, private readonly references: ResourceReferences) {
    this.pseudoParameters = {
      'AWS::Region': environment.region,
      'AWS::AccountId': environment.accountId,
      'AWS::Partition': environment.partition,
      'AWS::URLSuffix': environment.urlSuffix,
      'AWS::StackName': environment.stackName,
      'AWS::StackId': environment.stackId,
      'AWS::NoValue': NO_VALUE,
    };
  }

  /** Resolves all intrinsic functions of a value. Returns undefined for AWS::NoValue. */
  public resolve(value: unknown): unknown {
    const resolved = this.compute(value);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  /** Evaluates a condition of the template. */
  public condition(name: string): boolean {
    const condition = this.template.Conditions?.[name];
    if (condition === undefined) {
      throw new Error(`the condition ${name} isn't in the template`);
    }
    return this.isTrue(condition);
  }

  private compute(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.compute(item)).filter((item) => item !== NO_VALUE);
    }
    if (typeof value === 'string') {
      return checkDynamicReference(value);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.call(name, argument);
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, this.compute(item)]).filter(([, item]) => item !== NO_VALUE));
  }

  private call(name: string, argument: unknown): unknown {
    const intrinsic = this.functions[name];
    if (intrinsic === undefined) {
      throw new Error(`the intrinsic function ${name} is not supported by the local AWS`);
    }
    return intrinsic(argument);
  }

  private ref(name: string): unknown {
    if (name in this.pseudoParameters) {
      return this.pseudoParameters[name];
    }
    const parameter = this.template.Parameters?.[name];
    if (parameter !== undefined) {
      return parameterValue(name, parameter);
    }
    const value = this.references.ref(name);
    if (value === undefined) {
      throw new Error(name.startsWith('AWS::')
        ? `the pseudo parameter ${name} is not supported by the local AWS`
        : `Ref is ${name}, which isn't a parameter or resource of the template`);
    }
    return value;
  }

  private getAtt(argument: unknown): string {
    const [logicalId, ...attribute] = typeof argument === 'string' ? argument.split('.') : argument as string[];
    return this.references.attribute(logicalId, attribute.join('.'));
  }

  private join([separator, items]: Arguments): string {
    return (this.compute(items) as unknown[]).map(String).join(String(separator));
  }

  private sub(argument: unknown): string {
    const [pattern, variables] = typeof argument === 'string' ? [argument, {}] : argument as [string, Record<string, unknown>];
    return pattern.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal === '!') {
        return `\${${name}}`;
      }
      if (name in variables) {
        return String(this.compute(variables[name]));
      }
      return String(name.includes('.') ? this.getAtt(name) : this.ref(name));
    });
  }

  private select([index, items]: Arguments): unknown {
    const list = this.compute(items) as unknown[];
    const position = Number(this.compute(index));
    if (!(position in list)) {
      throw new Error(`Fn::Select has the index ${position}, but the list has ${list.length} items`);
    }
    return list[position];
  }

  private split([separator, value]: Arguments): string[] {
    return String(this.compute(value)).split(String(separator));
  }

  private if([condition, whenTrue, whenFalse]: Arguments): unknown {
    return this.compute(this.condition(String(condition)) ? whenTrue : whenFalse);
  }

  private equals([left, right]: Arguments): boolean {
    return JSON.stringify(this.compute(left)) === JSON.stringify(this.compute(right));
  }

  private findInMap(names: Arguments): unknown {
    const [map, first, second] = names.map((name) => String(this.compute(name)));
    const value = this.template.Mappings?.[map]?.[first]?.[second];
    if (value === undefined) {
      throw new Error(`Fn::FindInMap finds no value for ${map}, ${first}, ${second}`);
    }
    return value;
  }

  private isTrue(condition: unknown): boolean {
    const name = (condition as { Condition?: string }).Condition;
    return name === undefined ? this.compute(condition) === true : this.condition(name);
  }

  private list(name: string, argument: unknown, length: number): Arguments {
    if (!Array.isArray(argument) || argument.length !== length) {
      throw new Error(`${name} with other than ${length} arguments is not supported by the local AWS`);
    }
    return argument;
  }
}

function parameterValue(name: string, { Default: value, Type: type }: { readonly Type: string; readonly Default?: unknown }): unknown {
  if (value === undefined) {
    throw new Error(`the parameter ${name} has no default: parameter values are not supported by the local AWS: add a default`);
  }
  if (type.startsWith('AWS::SSM::')) {
    throw new Error(`the parameter ${name} has the type ${type}, which is not supported by the local AWS`);
  }
  return type === 'CommaDelimitedList' || type.startsWith('List<') ? String(value).split(',').map((item) => item.trim()) : value;
}

function checkDynamicReference(value: string): string {
  if (value.includes('{{resolve:')) {
    throw new Error(`the dynamic reference ${value.slice(value.indexOf('{{resolve:')).split('}}')[0]}}} is not supported by the local AWS`);
  }
  return value;
}
