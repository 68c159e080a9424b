import * as fs from 'node:fs';
import * as path from 'node:path';
import { FunctionLog } from './function-log';
import { isNode } from './function-plan';
import type { FunctionPlan } from './function-plan';
import { functionVariables } from './function-variables';
import type { Surroundings } from './function-variables';
import type { InvocationResult } from './invocation';
import { LocalFunction } from './local-function';
import type { Judge } from '../api-endpoint';
import type { Telemetry } from '../telemetry';

/** The functions of the stack. */
export class Functions {
  private readonly functions = new Map<string, LocalFunction>();
  private readonly logs: FunctionLog[] = [];

  /**
   * @param directory where the code is laid out: outside of every project, so that a module that is not in the asset is missing here as on AWS
   */
  constructor(private readonly plans: readonly FunctionPlan[], directory: string, surroundings: Surroundings, judge: Judge, telemetry: Telemetry) {
    for (const plan of plans.filter(({ runtime }) => isNode(runtime))) {
      const taskRoot = path.join(directory, plan.logicalId, 'task');
      layOutCode(plan, taskRoot);
      const layers = plan.layers.map((layer, index) => copyFolder(layer, path.join(directory, plan.logicalId, `layer-${index}`)));
      const log = new FunctionLog(plan, judge, telemetry);
      this.logs.push(log);
      this.functions.set(plan.arn, new LocalFunction({
        plan,
        taskRoot,
        variables: functionVariables(plan, { taskRoot, layers, home: directory }, surroundings),
        log,
      }, telemetry));
    }
  }

  public readonly invoke = async (functionArn: string, event: unknown): Promise<InvocationResult> => {
    const local = this.functions.get(functionArn);
    if (local === undefined) {
      const plan = this.plans.find(({ arn }) => arn === functionArn);
      throw new Error(plan === undefined
        ? `the function ${functionArn} is not in the template`
        : `the function ${plan.logicalId} has the runtime ${plan.runtime}, which the local AWS cannot run: only Node.js is supported`);
    }
    return local.invoke(event);
  };

  /** Kills every process of a function, as a crash would. */
  public async kill(logicalId: string): Promise<void> {
    const plan = this.plans.find((candidate) => candidate.logicalId === logicalId);
    if (plan === undefined) {
      throw new Error(`the function ${logicalId} is not in the template: name one of ${this.plans.map((other) => other.logicalId).join(', ')}`);
    }
    await this.functions.get(plan.arn)?.kill();
  }

  public async close(): Promise<void> {
    await Promise.all([...this.functions.values()].map((local) => local.close()));
    await Promise.all(this.logs.map((log) => log.flush()));
  }
}

function layOutCode({ code }: FunctionPlan, taskRoot: string): void {
  if ('directory' in code) {
    copyFolder(code.directory, taskRoot);
  } else {
    fs.mkdirSync(taskRoot, { recursive: true });
    fs.writeFileSync(path.join(taskRoot, 'index.js'), code.text);
  }
}

function copyFolder(from: string, to: string): string {
  fs.cpSync(from, to, { recursive: true });
  return to;
}
