import type { Properties } from '../template/properties';
import type { Resource, Stack } from '../template/stack';

/** A function of the template, as it is to be run. */
export interface FunctionPlan {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly code: FunctionCode;
  /** Folders that Lambda would merge under /opt, the last one on top. */
  readonly layers: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly roleName: string;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  readonly maximumConcurrency: number;
  readonly logGroup: string;
}

export type FunctionCode = { readonly directory: string } | { readonly text: string };

const DEFAULT_MEMORY_MB = 128;
const DEFAULT_TIMEOUT_SECONDS = 3;
const MAXIMUM_ENVIRONMENT_BYTES = 4096;
/** Enough to see concurrency, few enough for a laptop; AWS would run a thousand. */
const LOCAL_CONCURRENCY = 4;

/** Reads the functions of the stack. */
export function planFunctions(stack: Stack): FunctionPlan[] {
  return stack.plan('AWS::Lambda::Function', (resource) => planFunction(stack, resource));
}

function planFunction(stack: Stack, { logicalId, ref, attribute, properties }: Resource): FunctionPlan {
  const runtime = properties.text('Runtime');
  const concurrency = properties.optionalInteger('ReservedConcurrentExecutions');
  if (concurrency === 0) {
    throw new Error('property ReservedConcurrentExecutions is 0, which throttles every invocation: it is not supported by the local AWS');
  }
  return {
    logicalId,
    name: ref,
    arn: attribute('Arn'),
    runtime,
    handler: properties.text('Handler'),
    code: isNode(runtime) ? codeOf(stack, properties.object('Code')) : { text: '' },
    layers: isNode(runtime) ? properties.list('Layers').map((layer) => layerDirectory(stack, String(layer))) : [],
    environment: variablesOf(properties.object('Environment').object('Variables')),
    roleName: properties.text('Role').split('/').pop() ?? '',
    memorySize: properties.integer('MemorySize', DEFAULT_MEMORY_MB),
    timeoutSeconds: properties.integer('Timeout', DEFAULT_TIMEOUT_SECONDS),
    maximumConcurrency: Math.min(concurrency ?? LOCAL_CONCURRENCY, LOCAL_CONCURRENCY),
    logGroup: properties.object('LoggingConfig').optionalText('LogGroup') ?? `/aws/lambda/${ref}`,
  };
}

function variablesOf(variables: Properties): Record<string, string> {
  const environment = Object.fromEntries(variables.names().map((name) => [name, variables.text(name)]));
  const bytes = Object.entries(environment).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (bytes > MAXIMUM_ENVIRONMENT_BYTES) {
    throw new Error(`property Environment.Variables has ${bytes} bytes, but Lambda takes at most ${MAXIMUM_ENVIRONMENT_BYTES}`);
  }
  return environment;
}

export function isNode(runtime: string): boolean {
  return /^nodejs\d+\.x$/.test(runtime);
}

function codeOf(stack: Stack, code: Properties): FunctionCode {
  const text = code.optionalText('ZipFile');
  return text === undefined ? { directory: stack.assetDirectory(code.text('S3Key')) } : { text };
}

function layerDirectory(stack: Stack, layerArn: string): string {
  const layer = stack.resources('AWS::Lambda::LayerVersion').find(({ ref }) => ref === layerArn);
  if (layer === undefined) {
    throw new Error(`property Layers names ${layerArn}, which is not in the template`);
  }
  return stack.assetDirectory(layer.properties.object('Content').text('S3Key'));
}
