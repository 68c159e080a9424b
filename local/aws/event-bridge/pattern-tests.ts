const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** Compiles a numeric operator such as [">", 0, "<=", 5]. Throws if it is invalid. */
export function numericTest(argument: unknown, place: string): (value: unknown) => boolean {
  const list = Array.isArray(argument) ? argument as unknown[] : [];
  const pairs = Array.from({ length: Math.ceil(list.length / 2) }, (_, index) => [list[2 * index], list[2 * index + 1]]);
  const valid = pairs.every(([comparison, bound]) => String(comparison) in COMPARISONS && typeof bound === 'number');
  if (pairs.length === 0 || !valid) {
    throw new Error(`the event pattern is invalid at ${place}: numeric is ${JSON.stringify(argument)}: use comparisons such as [">", 0, "<=", 5]`);
  }
  return (value) => typeof value === 'number' && pairs.every(([comparison, bound]) => COMPARISONS[comparison as string](value, bound as number));
}

/** Whether a string matches a pattern in which * matches any characters, and \* an asterisk. */
export function matchesWildcard(pattern: string, value: string): boolean {
  const source = pattern.replace(/\\([*\\])|(\*)|([\s\S])/g, (_, escaped: string | undefined, star: string | undefined, other: string) => {
    return star === undefined ? (escaped ?? other).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : '[\\s\\S]*';
  });
  return new RegExp(`^${source}$`, 'u').test(value);
}
