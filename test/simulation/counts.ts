/** How often something happened; by it a simulation shows that it reaches what it claims to. */
export class Counts {
  private readonly numbers = new Map<string, number>();

  public readonly add = (what: string, times = 1): void => {
    this.numbers.set(what, (this.numbers.get(what) ?? 0) + times);
  };

  public of(what: string): number {
    return this.numbers.get(what) ?? 0;
  }

  public addAll(others: Readonly<Record<string, number>>): void {
    for (const [what, times] of Object.entries(others)) {
      this.add(what, times);
    }
  }

  /** In the order of their names. */
  public all(): Record<string, number> {
    return Object.fromEntries([...this.numbers].sort(([one], [other]) => one < other ? -1 : 1));
  }
}
