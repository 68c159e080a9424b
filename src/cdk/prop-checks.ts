import { Token } from 'aws-cdk-lib';

/**
 * Checks a value of any type, because JavaScript checks none. Throws an error with the name of the prop if the value is invalid.
 */
export type Check = (prop: string, value: unknown) => void;

/** A check for each prop of an interface: a new prop doesn't compile without one. */
export type Checks<Props> = { readonly [Prop in keyof Required<Props>]: Check };

/** Maximum number of characters of a string that an error shows. */
const MAX_SHOWN_CHARACTERS = 80;

export const requireString = checkForType('string', 'give a string');
export const requireNumber = checkForType('number', 'give a number');
export const requireBoolean = checkForType('boolean', 'give true or false');
export const requireDuration = checkForInstance('toSeconds', 'give a Duration, such as Duration.seconds(30)');
export const requireSize = checkForInstance('toBytes', 'give a Size, such as Size.mebibytes(10)');
export const requireParameter = checkForInstance('_definition', 'use a factory of QueryParameter, such as QueryParameter.string()');

/**
 * A check for an instance of a class: an object with a member that only instances have. Not by `instanceof`, because an app may have loaded a package
 * twice, and because not only the classes of the AWS CDK implement its interfaces.
 *
 * @param fix what to write instead, such as the factories of the class
 */
export function checkForInstance(member: string, fix: string): Check {
  return (prop, value) => requireValid(isObject(value) && member in value, prop, value, fix);
}

/** A check for an object whose members are checked elsewhere. */
export function checkForObject(fix: string): Check {
  return (prop, value) => requireValid(isObject(value) && !Array.isArray(value), prop, value, fix);
}

/** A check for a member of an enum; a value known only at deployment passes. */
export function checkForEnum(name: string, values: Readonly<Record<string, unknown>>): Check {
  // An enum of numbers also maps each number to its name.
  const members = Object.keys(values).filter((key) => !/^\d+$/.test(key)).map((key) => values[key]);
  return (prop, value) => requireValid(members.includes(value) || Token.isUnresolved(value), prop, value, `use a member of ${name}`);
}

/** A check for a list and its items; a list known only at deployment passes. */
export function checkForList(item: Check, fix: string): Check {
  return (prop, value) => {
    requireValid(Array.isArray(value), prop, value, fix);
    if (!Token.isUnresolved(value)) {
      (value as unknown[]).forEach((each, index) => item(`${prop}[${index}]`, each));
    }
  };
}

/** A check for an object with members of one kind. */
export function checkForMap(item: Check, fix: string): Check {
  return (prop, value) => {
    checkForObject(fix)(prop, value);
    Object.entries(value as object).forEach(([name, each]) => item(`${prop}.${name}`, each));
  };
}

/** Runs a check unless the value is undefined. */
export function allowMissing(check: Check): Check {
  return (prop, value) => value === undefined || check(prop, value);
}

/** Checks all props of an interface. */
export function checkProps<Props extends object>(props: Props, checks: Checks<Props>): void {
  for (const [prop, check] of Object.entries<Check>(checks)) {
    check(prop, props[prop as keyof Props]);
  }
}

/** A value as an error shows it: short, and without the contents of an object or the password in an address. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    const shown = value.replace(/(?<=\/\/[^/@:]*:).*(?=@)/s, '…');
    return `'${shown.length > MAX_SHOWN_CHARACTERS ? `${shown.slice(0, MAX_SHOWN_CHARACTERS)}…` : shown}'`;
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (typeof value === 'function' || typeof value === 'symbol') {
    return `a ${typeof value}`;
  }
  return isObject(value) ? describeClass(value) : String(value);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Throws an error with the name of the prop, the value and the fix unless the value is valid. */
export function requireValid(isValid: boolean, prop: string, value: unknown, fix: string): void {
  if (!isValid) {
    throw new Error(`${prop} is ${value === undefined ? 'missing' : describeValue(value)}: ${fix}`);
  }
}

function checkForType(type: 'string' | 'number' | 'boolean', fix: string): Check {
  return (prop, value) => requireValid(typeof value === type, prop, value, fix);
}

function describeClass(value: object): string {
  const { name } = value.constructor ?? Object;
  return name === 'Object' || name === '' ? 'an object' : `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}
