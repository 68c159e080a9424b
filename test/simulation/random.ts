const MODULUS = 2 ** 31 - 1;
/** The "minimal standard" generator of Park and Miller: its products stay below 2^53. */
const MULTIPLIER = 48_271;

/** Numbers that look random and depend on the seed alone. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = 1 + Math.abs(seed) % (MODULUS - 1);
  }

  /** A number from 0 up to, not including, 1. */
  public next(): number {
    this.state = this.state * MULTIPLIER % MODULUS;
    return (this.state - 1) / (MODULUS - 1);
  }

  /** A whole number from `least` to `most`. */
  public between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** The items in another order. */
  public shuffled<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const chosen = this.between(0, last);
      [shuffled[last], shuffled[chosen]] = [shuffled[chosen], shuffled[last]];
    }
    return shuffled;
  }
}
