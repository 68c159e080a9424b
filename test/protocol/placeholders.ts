import { gunzipSync, gzipSync } from 'node:zlib';
import type { Template } from './transcript';

type Fields = Record<string, unknown>;

const SAMPLES: Readonly<Record<string, unknown>> = { string: 'some string', integer: 7 };

/** The names that both sides have given to queries and results so far. */
export class Placeholders {
  private readonly values = new Map<string, string>();

  /** The value of a name that was given. */
  public valueOf(name: string): string {
    const value = this.values.get(name);
    if (value === undefined) {
      throw new Error(`${name} has no value yet`);
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
  public difference(template: Template, actual: unknown, at = ''): string | undefined {
    if (isName(template)) {
      return this.differenceOfName(template, actual, at);
    }
    if (isObject(template)) {
      return this.differenceOfObject(template, actual, at);
    }
    if (Array.isArray(template)) {
      return Array.isArray(actual) && actual.length === template.length
        ? firstOf(template.map((item, index) => this.difference(item, actual[index], `${at}[${index}]`)))
        : differs(at, template, actual);
    }
    return Object.is(template, actual) ? undefined : differs(at, template, actual);
  }

  /** Returns whether a message matches a template. New names take their values from the message only if it does. */
  public matches(template: Template, actual: unknown): boolean {
    const before = [...this.values];
    const isMatch = this.difference(template, actual) === undefined;
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

  private differenceOfName(name: string, actual: unknown, at: string): string | undefined {
    if (typeof actual !== 'string') {
      return differs(at, name, actual);
    }
    const value = this.values.get(name) ?? actual;
    this.values.set(name, value);
    return value === actual ? undefined : differs(at, `${name}, which is ${value}`, actual);
  }

  private differenceOfObject(template: Fields, actual: unknown, at: string): string | undefined {
    const { $any, $repeat, $gzip } = template;
    if ($any !== undefined) {
      const isMatch = $any === 'string' ? typeof actual === 'string' : Number.isSafeInteger(actual) && (actual as number) >= 0;
      return isMatch ? undefined : differs(at, template, actual);
    }
    if ($repeat !== undefined) {
      return actual === repeated($repeat) ? undefined : differs(at, template, actual);
    }
    if ($gzip !== undefined) {
      return this.difference($gzip, JSON.parse(gunzipSync(Buffer.from(String(actual), 'base64')).toString()), `${at} decompressed`);
    }
    if (!isObject(actual) || Object.keys(actual).sort().join() !== Object.keys(template).sort().join()) {
      return differs(at, template, actual);
    }
    return firstOf(Object.entries(template).map(([key, value]) => this.difference(value, actual[key], `${at}.${key}`)));
  }
}

function isName(template: Template): template is string {
  return typeof template === 'string' && template.startsWith('$');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function repeated($repeat: unknown): string {
  const [part, times] = $repeat as [string, number];
  return part.repeat(times);
}

function firstOf(differences: readonly (string | undefined)[]): string | undefined {
  return differences.find((difference) => difference !== undefined);
}

function differs(at: string, expected: unknown, actual: unknown): string {
  return `${at || 'the message'} should be ${short(expected)} and is ${short(actual)}`;
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 500);
}
