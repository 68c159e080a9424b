import { matchesWildcard, numericTest } from './pattern-tests';

type Test = (value: unknown) => boolean;
type Matcher = (event: Readonly<Record<string, unknown>> | undefined) => boolean;

/** Makes a matcher of an EventBridge event pattern. Throws at a word that EventBridge or this emulation does not know. */
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
    throw new Error(`the event pattern has ${JSON.stringify(rule)} at ${place}: a list or an object must stand there`);
  });
  if (matchers.length === 0) {
    throw new Error(`the event pattern is empty${path === '' ? '' : ` at ${path}`}`);
  }
  return (event) => matchers.every((matches) => matches(event));
}

function alternativesOf(rule: unknown, place: string): Record<string, unknown>[] {
  if (!Array.isArray(rule) || rule.length < 2 || !rule.every(isObject)) {
    throw new Error(`the event pattern needs a list of two or more objects at ${place}`);
  }
  return rule;
}

/** A missing object still matches patterns that ask for nothing to exist. */
function objectsIn(value: unknown): (Record<string, unknown> | undefined)[] {
  if (Array.isArray(value)) {
    return value.filter(isObject);
  }
  return [isObject(value) ? value : undefined];
}

function ruleTest(rule: unknown, place: string): Test {
  if (isObject(rule)) {
    const entries = Object.entries(rule);
    const [[word, argument] = ['', undefined]] = entries;
    const make = WORDS[word];
    if (entries.length !== 1 || make === undefined) {
      throw new Error(`the event pattern has ${JSON.stringify(rule)} at ${place}, which is not supported by the local AWS`);
    }
    return make(argument, place);
  }
  if (rule === null || ['string', 'number', 'boolean'].includes(typeof rule)) {
    return forAny((value) => value === rule);
  }
  throw new Error(`the event pattern has ${JSON.stringify(rule)} at ${place}, which cannot be matched`);
}

const WORDS: Readonly<Record<string, (argument: unknown, place: string) => Test>> = {
  'prefix': (argument, place) => affixTest('prefix', argument, place),
  'suffix': (argument, place) => affixTest('suffix', argument, place),
  'equals-ignore-case': (argument, place) => {
    const expected = text(argument, 'equals-ignore-case', place).toLowerCase();
    return forAny((value) => typeof value === 'string' && value.toLowerCase() === expected);
  },
  'wildcard': (argument, place) => {
    const wildcard = text(argument, 'wildcard', place);
    return forAny((value) => typeof value === 'string' && matchesWildcard(wildcard, value));
  },
  'numeric': (argument, place) => forAny(numericTest(argument, place)),
  'exists': (argument, place) => {
    if (typeof argument !== 'boolean') {
      throw new Error(`the event pattern needs true or false for exists at ${place}`);
    }
    return (value) => (value !== undefined && !isObject(value)) === argument;
  },
  'anything-but': (argument, place) => {
    const refused = anythingButTests(argument, place);
    return forAny((value) => value !== undefined && !refused.some((test) => test(value)));
  },
};

function anythingButTests(argument: unknown, place: string): Test[] {
  if (!isObject(argument)) {
    const items: unknown[] = Array.isArray(argument) ? argument : [argument];
    return items.map((item) => ruleTest(item, place));
  }
  const [[word, values] = ['', undefined], ...rest] = Object.entries(argument);
  if (rest.length > 0 || !['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(word)) {
    throw new Error(`the event pattern has anything-but ${JSON.stringify(argument)} at ${place}, which is not supported by the local AWS`);
  }
  return (Array.isArray(values) ? values : [values]).map((value: unknown) => WORDS[word](value, place));
}

function affixTest(word: 'prefix' | 'suffix', argument: unknown, place: string): Test {
  const ignoreCase = isObject(argument) && Object.keys(argument).length === 1 && 'equals-ignore-case' in argument;
  const affix = text(ignoreCase ? argument['equals-ignore-case'] : argument, word, place);
  const fold = (value: string) => ignoreCase ? value.toLowerCase() : value;
  return forAny((value) => typeof value === 'string'
    && (word === 'prefix' ? fold(value).startsWith(fold(affix)) : fold(value).endsWith(fold(affix))));
}

/** A list in the event matches when one of its items does. */
function forAny(test: Test): Test {
  return (value) => Array.isArray(value) ? value.some(test) : test(value);
}

function text(argument: unknown, word: string, place: string): string {
  if (typeof argument !== 'string' || argument === '') {
    throw new Error(`the event pattern needs a text for ${word} at ${place}, but has ${JSON.stringify(argument)}`);
  }
  return argument;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
