/** Parses an option that is an integer. Throws if it isn't, or is less than the minimum. */
export function parseInteger(name: string, option: string, min: number): number {
  const value = Number(option);
  if (!/^\d+$/.test(option) || !Number.isSafeInteger(value) || value < min) {
    throw new Error(`${name} is invalid: "${option}": use an integer of at least ${min}, such as ${Math.max(min, 10)}`);
  }
  return value;
}
