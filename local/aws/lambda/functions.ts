import * as fs from 'node:fs';
import * as path from 'node:path';
import { FunctionLog } from './function-log';
import { isNode } from './function-plan';
import type { FunctionPlan } from './function-plan';
import { functionVariables } from './function-variables';
import type { FunctionEnvironment } from './function-variables';
import type { InvocationResult } from './invocation';
import { LocalFunction } from './local-function';
import type { Authorize } from '../api-endpoint';
import type { Telemetry } from '../telemetry';

/** The functions of the stack. */
export class Functions {
  private readonly functions = new Map<string, LocalFunction>();
  private readonly logs: FunctionLog[] = [];

  /**
   * @param directory directory for the code, outside of any project, so that functions can't import modules that aren't in the asset
   */
  constructor(
    private readonly plans: readonly FunctionPlan[], directory: string, environment: FunctionEnvironment, authorize: Authorize, telemetry: Telemetry,
  ) {
    for (const plan of plans.filter(({ runtime }) => isNode(runtime))) {
      const taskRoot = path.join(directory, plan.logicalId, 'task');
      writeCode(plan, taskRoot);
      const layers = plan.layers.map((layer, index) => copyFolder(layer, path.join(directory, plan.logicalId, `layer-${index}`)));
      const log = new FunctionLog(plan, authorize, telemetry);
      this.logs.push(log);
      this.functions.set(plan.arn, new LocalFunction({
        plan,
        taskRoot,
        variables: functionVariables(plan, { taskRoot, layers, home: directory }, environment),
        minInitMilliseconds: environment.minInitMilliseconds ?? 0,
        log,
      }, telemetry));
    }
  }

  public readonly invoke = async (functionArn: string, event: unknown): Promise<InvocationResult> => {
    const local = this.functions.get(functionArn);
    if (local === undefined) {
      const plan = this.plans.find(({ arn }) => arn === functionArn);
      throw new Error(plan === undefined
        ? `the function ${functionArn} isn't in the template`
        : `the function ${plan.logicalId} has the runtime ${plan.runtime}, which is not supported by the local AWS: use Node.js`);
    }
    return local.invoke(event);
  };

  /** Number of invocations that run or are queued. */
  public pendingInvocations(): number {
    return [...this.functions.values()].reduce((sum, { pendingInvocations }) => sum + pendingInvocations, 0);
  }

  /** Kills all processes of a function, to simulate a crash. */
  public async kill(logicalId: string): Promise<void> {
    const plan = this.plans.find((candidate) => candidate.logicalId === logicalId);
    if (plan === undefined) {
      throw new Error(`the function ${logicalId} isn't in the template: use one of ${this.plans.map((other) => other.logicalId).join(', ')}`);
    }
    await this.functions.get(plan.arn)?.kill();
  }

  public async close(): Promise<void> {
    await Promise.all([...this.functions.values()].map((local) => local.close()));
    await Promise.all(this.logs.map((log) => log.flush()));
  }
}

function writeCode({ code }: FunctionPlan, taskRoot: string): void {
  if ('directory' in code) {
    copyFolder(code.directory, taskRoot);
  } else {
    fs.mkdirSync(taskRoot, { recursive: true });
    fs.writeFileSync(path.join(taskRoot, 'index.js'), code.source);
  }
}

function copyFolder(from: string, to: string): string {
  fs.cpSync(from, to, { recursive: true });
  return to;
}
