import { roleUses } from './role-uses';
import type { AccessRequest } from '../iam/access-request';
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
  /** The assumed role under which the function runs, one session for each function. */
  readonly roleName: string;
  readonly principal: string;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  readonly maximumConcurrency: number;
  readonly logGroup: string;
  readonly logGroupArn: string;
  /** Whether Lambda makes the log group, since the template has none of its name. */
  readonly createsLogGroup: boolean;
  /** What Lambda does with the role before the function runs; that it may was a condition of the start. */
  readonly uses: readonly AccessRequest[];
}

export type FunctionCode = { readonly directory: string } | { readonly text: string };

const DEFAULT_MEMORY_MB = 128;
const DEFAULT_TIMEOUT_SECONDS = 3;
const MAXIMUM_ENVIRONMENT_BYTES = 4096;
const USER_POOL = /^https:\/\/cognito-idp\./;
/** Enough to see concurrency, few enough for a laptop; AWS would run a thousand. */
const LOCAL_CONCURRENCY = 4;

/** Reads the functions of the stack. */
export function planFunctions(stack: Stack): FunctionPlan[] {
  return stack.plan('AWS::Lambda::Function', (resource) => planFunction(stack, resource));
}

function planFunction(stack: Stack, resource: Resource): FunctionPlan {
  const { logicalId, ref, attribute, properties } = resource;
  const runtime = properties.text('Runtime');
  const concurrency = properties.optionalInteger('ReservedConcurrentExecutions');
  if (concurrency === 0) {
    throw new Error('property ReservedConcurrentExecutions is 0, which throttles every invocation: it is not supported by the local AWS');
  }
  const { partition, region, accountId } = stack.environment;
  const roleName = findRole(stack, resource).ref;
  const principal = `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${ref}`;
  const uses = roleUses(resource, principal, stack.environment);
  uses.forEach((request) => stack.require(resource, request, `the role ${roleName} does not allow ${request.action} on ${request.resource}`));
  const logGroup = properties.object('LoggingConfig').optionalText('LogGroup') ?? `/aws/lambda/${ref}`;
  return {
    logicalId,
    name: ref,
    arn: attribute('Arn'),
    runtime,
    handler: properties.text('Handler'),
    code: isNode(runtime) ? codeOf(stack, properties.object('Code')) : { text: '' },
    layers: isNode(runtime) ? properties.list('Layers').map((layer) => layerDirectory(stack, String(layer))) : [],
    environment: variablesOf(properties.object('Environment').object('Variables')),
    roleName,
    principal,
    memorySize: properties.integer('MemorySize', DEFAULT_MEMORY_MB),
    timeoutSeconds: properties.integer('Timeout', DEFAULT_TIMEOUT_SECONDS),
    maximumConcurrency: Math.min(concurrency ?? LOCAL_CONCURRENCY, LOCAL_CONCURRENCY),
    logGroup,
    logGroupArn: `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup}`,
    createsLogGroup: !stack.resources('AWS::Logs::LogGroup').some((group) => group.ref === logGroup),
    uses,
  };
}

function findRole(stack: Stack, resource: Resource): Resource {
  const roleArn = resource.properties.text('Role');
  const role = stack.resources('AWS::IAM::Role').find(({ attribute }) => attribute('Arn') === roleArn);
  if (role === undefined) {
    throw new Error(`property Role is ${roleArn}, which is not in the template: the local AWS cannot judge what it may do`);
  }
  stack.require(
    resource,
    { principal: 'lambda.amazonaws.com', action: 'sts:AssumeRole', resource: roleArn },
    `the role ${role.logicalId} does not let lambda.amazonaws.com assume it`,
  );
  return role;
}

function variablesOf(variables: Properties): Record<string, string> {
  const environment = Object.fromEntries(variables.names().map((name) => [name, variables.text(name)]));
  const [imported] = Object.keys(environment).filter((name) => USER_POOL.test(environment[name]));
  if (imported !== undefined) {
    throw new Error(`property Environment.Variables.${imported} names the user pool ${environment[imported]}, which is not in the template: `
      + 'the local AWS reaches nothing outside of this machine, so define the pool in the stack, and start with userPoolProviderUrl');
  }
  // Lambda measures the variables as a JSON object.
  const bytes = Buffer.byteLength(JSON.stringify(environment));
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
