import { roleUses } from './role-uses';
import type { AccessRequest } from '../iam/access-request';
import type { Properties } from '../template/properties';
import type { Resource, Stack } from '../template/stack';

/** A function of the template. */
export interface FunctionPlan {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly code: FunctionCode;
  /** Directories of the layers, in order. */
  readonly layers: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Role of the function. Each function has one session. */
  readonly roleName: string;
  readonly principal: string;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  readonly maxConcurrency: number;
  readonly logGroup: string;
  readonly logGroupArn: string;
  /** Whether Lambda creates the log group, because it isn't in the template. */
  readonly createsLogGroup: boolean;
  /** Requests of Lambda with the role of the function. The start fails if they are denied. */
  readonly roleUses: readonly AccessRequest[];
}

export type FunctionCode = { readonly directory: string } | { readonly source: string };

const DEFAULT_MEMORY_MB = 128;
const DEFAULT_TIMEOUT_SECONDS = 3;
const MAX_ENVIRONMENT_BYTES = 4096;
const USER_POOL = /^https:\/\/cognito-idp\./;
/** On AWS, the default is 1,000. */
const LOCAL_CONCURRENCY = 4;

/** Reads the functions of the stack. */
export function planFunctions(stack: Stack): FunctionPlan[] {
  return stack.plan('AWS::Lambda::Function', (resource) => planFunction(stack, resource));
}

function planFunction(stack: Stack, resource: Resource): FunctionPlan {
  const { logicalId, ref, attribute, properties } = resource;
  const runtime = properties.string('Runtime');
  const concurrency = properties.optionalInteger('ReservedConcurrentExecutions');
  if (concurrency === 0) {
    throw new Error('property ReservedConcurrentExecutions is 0: throttling all invocations is not supported by the local AWS');
  }
  const { partition, region, accountId } = stack.environment;
  const roleName = findRole(stack, resource).ref;
  const principal = `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${ref}`;
  const uses = roleUses(resource, principal, stack.environment);
  uses.forEach((request) => stack.require(resource, request, `the role ${roleName} does not allow ${request.action} on ${request.resource}`));
  const logGroup = properties.object('LoggingConfig').optionalString('LogGroup') ?? `/aws/lambda/${ref}`;
  return {
    logicalId,
    name: ref,
    arn: attribute('Arn'),
    runtime,
    handler: properties.string('Handler'),
    code: isNode(runtime) ? codeOf(stack, properties.object('Code')) : { source: '' },
    layers: isNode(runtime) ? properties.list('Layers').map((layer) => layerDirectory(stack, String(layer))) : [],
    environment: variablesOf(properties.object('Environment').object('Variables')),
    roleName,
    principal,
    memorySize: properties.integer('MemorySize', DEFAULT_MEMORY_MB),
    timeoutSeconds: properties.integer('Timeout', DEFAULT_TIMEOUT_SECONDS),
    maxConcurrency: Math.min(concurrency ?? LOCAL_CONCURRENCY, LOCAL_CONCURRENCY),
    logGroup,
    logGroupArn: `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup}`,
    createsLogGroup: !stack.resources('AWS::Logs::LogGroup').some((group) => group.ref === logGroup),
    roleUses: uses,
  };
}

function findRole(stack: Stack, resource: Resource): Resource {
  const roleArn = resource.properties.string('Role');
  const role = stack.resources('AWS::IAM::Role').find(({ attribute }) => attribute('Arn') === roleArn);
  if (role === undefined) {
    throw new Error(`property Role is ${roleArn}, which isn't in the template: imported roles are not supported by the local AWS`);
  }
  stack.require(
    resource,
    { principal: 'lambda.amazonaws.com', action: 'sts:AssumeRole', resource: roleArn },
    `the role ${role.logicalId} doesn't allow lambda.amazonaws.com to assume it`,
  );
  return role;
}

function variablesOf(variables: Properties): Record<string, string> {
  const environment = Object.fromEntries(variables.names().map((name) => [name, variables.string(name)]));
  const [imported] = Object.keys(environment).filter((name) => USER_POOL.test(environment[name]));
  if (imported !== undefined) {
    throw new Error(`property Environment.Variables.${imported} has the user pool ${environment[imported]}, which isn't in the template: `
      + 'imported user pools are not supported by the local AWS: define the pool in the stack and start with userPoolProviderUrl');
  }
  // Lambda measures the size of the variables as JSON.
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    throw new Error(`property Environment.Variables has ${bytes} bytes, but must have at most ${MAX_ENVIRONMENT_BYTES}`);
  }
  return environment;
}

export function isNode(runtime: string): boolean {
  return /^nodejs\d+\.x$/.test(runtime);
}

function codeOf(stack: Stack, code: Properties): FunctionCode {
  const source = code.optionalString('ZipFile');
  return source === undefined ? { directory: stack.assetDirectory(code.string('S3Key')) } : { source };
}

function layerDirectory(stack: Stack, layerArn: string): string {
  const layer = stack.resources('AWS::Lambda::LayerVersion').find(({ ref }) => ref === layerArn);
  if (layer === undefined) {
    throw new Error(`property Layers has ${layerArn}, which isn't in the template: imported layers are not supported by the local AWS`);
  }
  return stack.assetDirectory(layer.properties.object('Content').string('S3Key'));
}
