import { matchesWildcard, numericTest } from './pattern-tests';

type Test = (value: unknown) => boolean;
type Matcher = (event: Readonly<Record<string, unknown>> | undefined) => boolean;

/** Compiles an event pattern. Throws if it is invalid or not supported. */
export function eventPattern(pattern: Readonly<Record<string, unknown>>, path = ''): Matcher {
  const matchers = Object.entries(pattern).map(([key, rule]): Matcher => {
    const place = path === '' ? key : `${path}.${key}`;
    if (key === '$or') {
      const alternatives = alternativesOf(rule, place).map((alternative) => eventPattern(alternative, path));
      return (event) => alternatives.some((matches) => matches(event));
    }
    if (Array.isArray(rule)) {
      const tests = rule.map((item) => ruleTest(item, place));
      return (event) => tests.some((test) => test(event?.[key]));
    }
    if (isObject(rule)) {
      const nested = eventPattern(rule, place);
      return (event) => objectsIn(event?.[key]).some(nested);
    }
    throw new Error(`the event pattern is invalid at ${place}: ${JSON.stringify(rule)}: use a list or an object`);
  });
  if (matchers.length === 0) {
    throw new Error(`the event pattern is empty${path === '' ? '' : ` at ${path}`}`);
  }
  return (event) => matchers.every((matches) => matches(event));
}

function alternativesOf(rule: unknown, place: string): Record<string, unknown>[] {
  if (!Array.isArray(rule) || rule.length < 2 || !rule.every(isObject)) {
    throw new Error(`the event pattern is invalid at ${place}: use a list of two or more objects`);
  }
  return rule;
}

/** A missing object can match a pattern with `exists: false`. */
function objectsIn(value: unknown): (Record<string, unknown> | undefined)[] {
  if (Array.isArray(value)) {
    return value.filter(isObject);
  }
  return [isObject(value) ? value : undefined];
}

function ruleTest(rule: unknown, place: string): Test {
  if (isObject(rule)) {
    const entries = Object.entries(rule);
    const [[name, argument] = ['', undefined]] = entries;
    const operator = OPERATORS[name];
    if (entries.length !== 1 || operator === undefined) {
      throw new Error(`the event pattern has ${JSON.stringify(rule)} at ${place}, which is not supported by the local AWS`);
    }
    return operator(argument, place);
  }
  if (rule === null || ['string', 'number', 'boolean'].includes(typeof rule)) {
    return forAny((value) => value === rule);
  }
  throw new Error(`the event pattern is invalid at ${place}: ${JSON.stringify(rule)}: use a string, number, boolean or null`);
}

const OPERATORS: Readonly<Record<string, (argument: unknown, place: string) => Test>> = {
  'prefix': (argument, place) => affixTest('prefix', argument, place),
  'suffix': (argument, place) => affixTest('suffix', argument, place),
  'equals-ignore-case': (argument, place) => {
    const expected = operatorString(argument, 'equals-ignore-case', place).toLowerCase();
    return forAny((value) => typeof value === 'string' && value.toLowerCase() === expected);
  },
  'wildcard': (argument, place) => {
    const wildcard = operatorString(argument, 'wildcard', place);
    return forAny((value) => typeof value === 'string' && matchesWildcard(wildcard, value));
  },
  'numeric': (argument, place) => forAny(numericTest(argument, place)),
  'exists': (argument, place) => {
    if (typeof argument !== 'boolean') {
      throw new Error(`the event pattern is invalid at ${place}: exists must be true or false`);
    }
    return (value) => (value !== undefined && !isObject(value)) === argument;
  },
  'anything-but': (argument, place) => {
    const excluded = anythingButTests(argument, place);
    return forAny((value) => value !== undefined && !excluded.some((test) => test(value)));
  },
};

function anythingButTests(argument: unknown, place: string): Test[] {
  if (!isObject(argument)) {
    const items: unknown[] = Array.isArray(argument) ? argument : [argument];
    return items.map((item) => ruleTest(item, place));
  }
  const [[operator, values] = ['', undefined], ...rest] = Object.entries(argument);
  if (rest.length > 0 || !['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator)) {
    throw new Error(`the event pattern has anything-but ${JSON.stringify(argument)} at ${place}, which is not supported by the local AWS`);
  }
  return (Array.isArray(values) ? values : [values]).map((value: unknown) => OPERATORS[operator](value, place));
}

function affixTest(operator: 'prefix' | 'suffix', argument: unknown, place: string): Test {
  const ignoreCase = isObject(argument) && Object.keys(argument).length === 1 && 'equals-ignore-case' in argument;
  const affix = operatorString(ignoreCase ? argument['equals-ignore-case'] : argument, operator, place);
  const fold = (value: string) => ignoreCase ? value.toLowerCase() : value;
  return forAny((value) => typeof value === 'string'
    && (operator === 'prefix' ? fold(value).startsWith(fold(affix)) : fold(value).endsWith(fold(affix))));
}

/** A list in an event matches if one of its items matches. */
function forAny(test: Test): Test {
  return (value) => Array.isArray(value) ? value.some(test) : test(value);
}

function operatorString(argument: unknown, operator: string, place: string): string {
  if (typeof argument !== 'string' || argument === '') {
    throw new Error(`the event pattern is invalid at ${place}: ${operator} must be a string, but is ${JSON.stringify(argument)}`);
  }
  return argument;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
