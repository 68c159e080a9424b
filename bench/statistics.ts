/** Returns the number at a share of the sorted numbers, such as 0.5 for the median. Throws if there are no numbers. */
export function percentile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) {
    throw new Error('there are no measurements: increase --queries');
  }
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}

export function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0) / numbers.length;
}
