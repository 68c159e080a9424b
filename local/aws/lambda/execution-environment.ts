import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import * as path from 'node:path';
import * as readline from 'node:readline';
import type { FunctionLog } from './function-log';
import type { FunctionPlan } from './function-plan';
import type { FunctionError, InvocationResult } from './invocation';

/** Settings of a function process. */
export interface EnvironmentSettings {
  readonly plan: FunctionPlan;
  readonly taskRoot: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly minInitMilliseconds: number;
  readonly log: FunctionLog;
}

type RuntimeMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'init-error'; readonly error: FunctionError }
  | { readonly type: 'result'; readonly requestId: string; readonly payload: string }
  | { readonly type: 'error'; readonly requestId: string; readonly error: FunctionError };

const RUNTIME = path.join(__dirname, 'runtime.mjs');
const INIT_LIMIT_MS = 10_000;

/** A process of a function. It runs one invocation at a time until it is killed or crashes. */
export class ExecutionEnvironment {
  /** Whether the process can run another invocation. */
  public alive = true;

  /** Settles when the process exited and all its output is read. */
  public readonly ended: Promise<void>;

  private readonly process: ChildProcess;
  private readonly ready: Promise<FunctionError | undefined>;
  private requestId = '';

  constructor({ plan, taskRoot, variables, minInitMilliseconds, log }: EnvironmentSettings, private readonly functionPlan = plan) {
    const loaded = new Promise<FunctionError | undefined>((resolve) => { this.settleReady = resolve; });
    const initialized = new Promise<void>((resolve) => { setTimeout(resolve, minInitMilliseconds); });
    this.ready = minInitMilliseconds === 0 ? loaded : Promise.all([loaded, initialized]).then(([error]) => error);
    this.process = spawn(process.execPath, [`--max-old-space-size=${plan.memorySize}`, RUNTIME], {
      cwd: taskRoot,
      env: variables,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.on('message', (message) => this.receive(message as RuntimeMessage));
    // The exit event handles a process that is killed while it receives a message.
    this.process.on('error', () => {});
    this.process.once('exit', (code, signal) => this.exited(code, signal));
    this.ended = new Promise((resolve) => { this.process.once('close', () => resolve()); });
    for (const output of [this.process.stdout, this.process.stderr]) {
      readline.createInterface({ input: output! }).on('line', (line) => log.write(line));
    }
  }

  private settle: (result: InvocationResult) => void = () => {};
  private settleReady: (error?: FunctionError) => void = () => {};

  /** Runs an invocation until it returns, times out, or the process exits. */
  public async invoke(requestId: string, event: unknown): Promise<InvocationResult> {
    const { timeoutSeconds, arn } = this.functionPlan;
    this.requestId = requestId;
    const initTimer = setTimeout(() => this.endInit(), INIT_LIMIT_MS);
    const initError = await this.ready;
    clearTimeout(initTimer);
    if (initError !== undefined) {
      return { error: initError };
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.timeOut(), timeoutSeconds * 1000);
      this.settle = (result) => {
        clearTimeout(timer);
        this.settle = () => {};
        resolve(result);
      };
      this.process.send({ requestId, event, functionArn: arn, deadline: Date.now() + timeoutSeconds * 1000 });
    });
  }

  /** Kills the process. */
  public kill(): void {
    this.alive = false;
    this.process.kill('SIGKILL');
  }

  private receive(message: RuntimeMessage): void {
    if (message.type === 'ready') {
      this.settleReady();
    } else if (message.type === 'init-error') {
      this.alive = false;
      this.settleReady(message.error);
    } else if (message.requestId === this.requestId) {
      this.settle(message.type === 'result' ? { payload: message.payload } : { error: message.error });
    }
  }

  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.alive = false;
    const how = signal === null ? `exit status ${code}` : `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
    const error = { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${this.requestId} Error: Runtime exited with error: ${how}` };
    this.settleReady(error);
    this.settle({ error });
  }

  private endInit(): void {
    this.settleReady({ errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${this.requestId} Error: initialization took more than 10 seconds` });
    this.kill();
  }

  private timeOut(): void {
    const seconds = this.functionPlan.timeoutSeconds.toFixed(2);
    this.settle({ error: { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${this.requestId} Error: Task timed out after ${seconds} seconds` } });
    this.kill();
  }
}
