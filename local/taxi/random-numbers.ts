const FIRST_MODULUS = 2147483563;
const FIRST_MULTIPLIER = 40014;
const SECOND_MODULUS = 2147483399;
const SECOND_MULTIPLIER = 40692;

/** L'Ecuyer's combined generator. It uses only integers below 2^53, so all machines get the same numbers. */
export class RandomNumbers {
  private first: number;
  private second: number;

  constructor(seed: number) {
    this.first = seed % (FIRST_MODULUS - 1) + 1;
    this.second = seed % (SECOND_MODULUS - 1) + 1;
    // The first numbers of similar seeds are similar.
    for (let round = 0; round < 10; round += 1) this.next();
  }

  /** An integer from 0 to `limit` - 1. */
  public below(limit: number): number {
    return Math.floor(this.next() * limit / (FIRST_MODULUS - 1));
  }

  /** A value of a distribution, which is defined by its quantiles at equal distances. */
  public between(steps: readonly number[]): number {
    const place = this.below((steps.length - 1) * 1000);
    const step = Math.floor(place / 1000);
    return steps[step] + Math.floor((steps[step + 1] - steps[step]) * (place % 1000) / 1000);
  }

  /** One of the values, in proportion to its weight. */
  public pick<T>(weighted: ReadonlyArray<readonly [value: T, weight: number]>): T {
    let place = this.below(weighted.reduce((sum, [, weight]) => sum + weight, 0));
    const [value] = weighted.find(([, weight]) => (place -= weight) < 0)!;
    return value;
  }

  private next(): number {
    this.first = this.first * FIRST_MULTIPLIER % FIRST_MODULUS;
    this.second = this.second * SECOND_MULTIPLIER % SECOND_MODULUS;
    const difference = this.first - this.second;
    return difference > 0 ? difference - 1 : difference + FIRST_MODULUS - 2;
  }
}
