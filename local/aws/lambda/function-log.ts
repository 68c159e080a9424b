import type { FunctionPlan } from './function-plan';
import type { Authorize } from '../api-endpoint';
import type { Telemetry } from '../telemetry';

/** Log stream of a function. Lambda writes to it with the role of the function, and drops lines without permission. */
export class FunctionLog {
  private written: Promise<void> = Promise.resolve();
  private isLossLogged = false;

  constructor(private readonly plan: FunctionPlan, private readonly authorize: Authorize, private readonly telemetry: Telemetry) {}

  /** Checks the permission for the START line of an invocation, which isn't printed. */
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
    if (denial !== undefined && !this.isLossLogged) {
      this.isLossLogged = true;
      this.telemetry.log(`${logicalId}: the logs are dropped: ${denial}`);
    }
    return denial === undefined;
  }

  private async denial(action: string, resource: string): Promise<string | undefined> {
    const { allowed, reason } = await this.authorize({ principal: this.plan.principal, action, resource });
    return allowed ? undefined : reason;
  }
}
