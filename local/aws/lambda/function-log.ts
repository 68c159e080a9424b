import type { FunctionPlan } from './function-plan';
import type { Judge } from '../api-endpoint';
import type { Telemetry } from '../telemetry';

/** The log stream of a function, which Lambda writes with the function's role: without the permission its lines are lost. */
export class FunctionLog {
  private written: Promise<void> = Promise.resolve();
  private isLossTold = false;

  constructor(private readonly plan: FunctionPlan, private readonly judge: Judge, private readonly telemetry: Telemetry) {}

  /** Lambda writes a line of its own at the start of each invocation; here it is judged, but not shown. */
  public begin(): void {
    this.then(async () => { await this.mayWrite(); });
  }

  public write(line: string): void {
    this.then(async () => {
      if (await this.mayWrite()) {
        this.telemetry.log(`${this.plan.logicalId}: ${line}`);
      }
    });
  }

  /** Waits until all lines are written. */
  public async flush(): Promise<void> {
    await this.written;
  }

  private then(action: () => Promise<void>): void {
    this.written = this.written.then(action).catch((error: Error) => this.telemetry.log(`${this.plan.logicalId}: ${error.message}`));
  }

  private async mayWrite(): Promise<boolean> {
    const { logGroupArn, createsLogGroup, logicalId } = this.plan;
    const stream = `${logGroupArn}:log-stream:[$LATEST]local`;
    const denial = (createsLogGroup ? await this.denial('logs:CreateLogGroup', logGroupArn) : undefined)
      ?? await this.denial('logs:CreateLogStream', stream)
      ?? await this.denial('logs:PutLogEvents', stream);
    if (denial !== undefined && !this.isLossTold) {
      this.isLossTold = true;
      this.telemetry.log(`${logicalId}: what it writes is lost: ${denial}`);
    }
    return denial === undefined;
  }

  private async denial(action: string, resource: string): Promise<string | undefined> {
    const { allowed, reason } = await this.judge({ principal: this.plan.principal, action, resource });
    return allowed ? undefined : reason;
  }
}
