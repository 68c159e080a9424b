/** Runs shared work side by side, and exclusive work alone, in the order of the calls. */
export class ReadWriteLock {
  private lastExclusive: Promise<unknown> = Promise.resolve();
  private readonly shared = new Set<Promise<unknown>>();

  public async runShared<T>(work: () => Promise<T>): Promise<T> {
    const done = this.lastExclusive.then(work);
    const settled = done.catch(() => undefined).finally(() => this.shared.delete(settled));
    this.shared.add(settled);
    return done;
  }

  public async runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = Promise.all([this.lastExclusive, ...this.shared]).then(work);
    this.lastExclusive = done.catch(() => undefined);
    return done;
  }
}
