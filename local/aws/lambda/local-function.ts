import { randomUUID } from 'node:crypto';
import { ExecutionEnvironment } from './execution-environment';
import type { EnvironmentSettings } from './execution-environment';
import type { InvocationResult } from './invocation';
import type { Telemetry } from '../telemetry';

/** A function with its pool of execution environments. */
export class LocalFunction {
  private readonly idle: ExecutionEnvironment[] = [];
  private readonly environments = new Set<ExecutionEnvironment>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private closed = false;

  constructor(private readonly settings: EnvironmentSettings, private readonly telemetry: Telemetry) {}

  /** Number of invocations that run or are queued. */
  public get pendingInvocations(): number {
    return this.running + this.waiting.length;
  }

  /** Runs an invocation. If the maximum concurrency is reached, the invocation is queued. */
  public async invoke(event: unknown): Promise<InvocationResult> {
    await this.turn();
    try {
      return await this.run(randomUUID(), event);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Kills all processes of the function. */
  public async kill(): Promise<void> {
    const environments = [...this.environments];
    environments.forEach((environment) => environment.kill());
    await Promise.all(environments.map(({ ended }) => ended));
  }

  public async close(): Promise<void> {
    this.closed = true;
    await this.kill();
  }

  private async turn(): Promise<void> {
    while (this.running >= this.settings.plan.maxConcurrency) {
      await new Promise<void>((resolve) => { this.waiting.push(resolve); });
    }
    this.running += 1;
  }

  private async run(requestId: string, event: unknown): Promise<InvocationResult> {
    if (this.closed) {
      return { error: { errorType: 'ServiceException', errorMessage: 'the local AWS is closed' } };
    }
    const { plan: { logicalId }, log } = this.settings;
    const reused = this.takeIdle();
    const environment = reused ?? this.start();
    log.begin();
    const startedAt = performance.now();
    this.telemetry.trace({ kind: 'invoke-start', function: logicalId, requestId, coldStart: reused === undefined });
    const result = await environment.invoke(requestId, event);
    this.telemetry.trace({
      kind: 'invoke-end',
      function: logicalId,
      requestId,
      milliseconds: performance.now() - startedAt,
      error: result.error?.errorType,
    });
    if (result.error !== undefined && !this.closed) {
      this.telemetry.log(`${logicalId}: invocation failed: ${result.error.errorType}: ${result.error.errorMessage}`);
    }
    if (environment.alive) {
      this.idle.push(environment);
    }
    return result;
  }

  private takeIdle(): ExecutionEnvironment | undefined {
    for (;;) {
      const environment = this.idle.pop();
      if (environment === undefined || environment.alive) {
        return environment;
      }
    }
  }

  private start(): ExecutionEnvironment {
    const environment = new ExecutionEnvironment(this.settings);
    this.environments.add(environment);
    void environment.ended.then(() => this.environments.delete(environment));
    return environment;
  }
}
