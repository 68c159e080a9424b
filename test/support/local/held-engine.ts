import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';

/** A database that counts its statements, and has them wait while it is held. */
export class HeldEngine implements SqlEngine {
  /** How many statements have been requested. */
  public statements = 0;
  private mayRun: Promise<void> = Promise.resolve();

  constructor(private readonly engine: SqlEngine) {}

  /** Has every statement from now on wait; returns what lets them run. */
  public hold(): () => void {
    let letRun = () => {};
    this.mayRun = new Promise<void>((resolve) => {
      letRun = resolve;
    });
    return () => letRun();
  }

  public readonly run: SqlEngine['run'] = async (...inputs) => {
    this.statements += 1;
    await this.mayRun;
    return this.engine.run(...inputs);
  };

  public async close(): Promise<void> {
    await this.engine.close();
  }
}
