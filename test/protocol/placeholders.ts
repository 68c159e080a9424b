import { gunzipSync, gzipSync } from 'node:zlib';
import type { Template } from './transcript';

type Fields = Record<string, unknown>;

const SAMPLES: Readonly<Record<string, unknown>> = { text: 'some text', whole: 7 };

/** The names that both sides have given to queries and results so far. */
export class Placeholders {
  private readonly values = new Map<string, string>();

  /** The value of a name that was given. */
  public valueOf(name: string): string {
    const value = this.values.get(name);
    if (value === undefined) {
      throw new Error(`nobody has given ${name} a value yet`);
    }
    return value;
  }

  /** A template as the side sends it that defines the values of its names. */
  public fill(template: Template): unknown {
    if (isName(template)) {
      const value = this.values.get(template) ?? template.slice(1);
      this.values.set(template, value);
      return value;
    }
    if (Array.isArray(template)) {
      return template.map((item) => this.fill(item));
    }
    return isObject(template) ? this.fillObject(template) : template;
  }

  /** The place where a message differs from a template; undefined if there is none. New names take their values from the message. */
  public difference(template: Template, said: unknown, at = ''): string | undefined {
    if (isName(template)) {
      return this.differenceOfName(template, said, at);
    }
    if (isObject(template)) {
      return this.differenceOfObject(template, said, at);
    }
    if (Array.isArray(template)) {
      return Array.isArray(said) && said.length === template.length
        ? firstOf(template.map((item, index) => this.difference(item, said[index], `${at}[${index}]`)))
        : differs(at, template, said);
    }
    return Object.is(template, said) ? undefined : differs(at, template, said);
  }

  /** The same, for a message of which it is not known yet whether it is meant. */
  public matches(template: Template, said: unknown): boolean {
    const before = [...this.values];
    const isMatch = this.difference(template, said) === undefined;
    if (!isMatch) {
      this.values.clear();
      before.forEach(([name, value]) => this.values.set(name, value));
    }
    return isMatch;
  }

  private fillObject(template: Fields): unknown {
    const { $any, $repeat, $gzip } = template;
    if ($any !== undefined) {
      return SAMPLES[$any as string];
    }
    if ($repeat !== undefined) {
      return repeated($repeat);
    }
    if ($gzip !== undefined) {
      return gzipSync(JSON.stringify(this.fill($gzip))).toString('base64');
    }
    return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, this.fill(value)]));
  }

  private differenceOfName(name: string, said: unknown, at: string): string | undefined {
    if (typeof said !== 'string') {
      return differs(at, name, said);
    }
    const value = this.values.get(name) ?? said;
    this.values.set(name, value);
    return value === said ? undefined : differs(at, `${name}, which is ${value}`, said);
  }

  private differenceOfObject(template: Fields, said: unknown, at: string): string | undefined {
    const { $any, $repeat, $gzip } = template;
    if ($any !== undefined) {
      const isMeant = $any === 'text' ? typeof said === 'string' : Number.isSafeInteger(said) && (said as number) >= 0;
      return isMeant ? undefined : differs(at, template, said);
    }
    if ($repeat !== undefined) {
      return said === repeated($repeat) ? undefined : differs(at, template, said);
    }
    if ($gzip !== undefined) {
      return this.difference($gzip, JSON.parse(gunzipSync(Buffer.from(String(said), 'base64')).toString()), `${at} unpacked`);
    }
    if (!isObject(said) || Object.keys(said).sort().join() !== Object.keys(template).sort().join()) {
      return differs(at, template, said);
    }
    return firstOf(Object.entries(template).map(([key, value]) => this.difference(value, said[key], `${at}.${key}`)));
  }
}

function isName(template: Template): template is string {
  return typeof template === 'string' && template.startsWith('$');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function repeated($repeat: unknown): string {
  const [text, times] = $repeat as [string, number];
  return text.repeat(times);
}

function firstOf(differences: readonly (string | undefined)[]): string | undefined {
  return differences.find((difference) => difference !== undefined);
}

function differs(at: string, expected: unknown, said: unknown): string {
  return `${at || 'the message'} should be ${short(expected)} and is ${short(said)}`;
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 500);
}
