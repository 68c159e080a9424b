import * as path from 'node:path';
import type { FunctionPlan } from './function-plan';
import type { Credentials } from '../callers';

/** The environment of all functions. */
export interface FunctionEnvironment {
  readonly region: string;
  readonly endpoint: string;
  /** Minimum duration of an initialization. */
  readonly minInitMilliseconds?: number;
  /** Path of a PEM file with additional CA certificates. */
  readonly extraCaCertificates?: string;
  credentials(plan: FunctionPlan): Credentials;
  localize(value: string): string;
}

/** Directories of a function. */
export interface FunctionDirectories {
  readonly taskRoot: string;
  readonly layers: readonly string[];
  readonly home: string;
}

/** Node.js requires it on Windows. */
const HOST_VARIABLES = ['SystemRoot'];

/** All environment variables of a function. No variable of the developer is inherited. */
export function functionVariables(plan: FunctionPlan, directories: FunctionDirectories, environment: FunctionEnvironment): Record<string, string> {
  const template = Object.entries(plan.environment).map(([name, value]) => [name, environment.localize(value)]);
  const host = HOST_VARIABLES.flatMap((name) => process.env[name] === undefined ? [] : [[name, process.env[name]]]);
  return {
    ...Object.fromEntries(host) as Record<string, string>,
    ...Object.fromEntries(template) as Record<string, string>,
    ...lambdaVariables(plan, directories),
    ...awsVariables(plan, environment),
  };
}

function lambdaVariables(plan: FunctionPlan, { taskRoot, layers, home }: FunctionDirectories): Record<string, string> {
  const nodeMajor = /\d+/.exec(plan.runtime)?.[0];
  // Lambda merges the layers in /opt, so the last layer has precedence.
  const modules = [...layers].reverse().flatMap((layer) => [
    path.join(layer, 'nodejs', `node${nodeMajor}`, 'node_modules'),
    path.join(layer, 'nodejs', 'node_modules'),
  ]);
  return {
    _HANDLER: plan.handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${plan.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memorySize),
    AWS_LAMBDA_FUNCTION_NAME: plan.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: plan.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: '[$LATEST]local',
    HOME: home,
    LAMBDA_TASK_ROOT: taskRoot,
    LANG: 'en_US.UTF-8',
    NODE_PATH: modules.join(path.delimiter),
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: 'UTC',
  };
}

function awsVariables(plan: FunctionPlan, { region, endpoint, credentials, extraCaCertificates }: FunctionEnvironment): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials(plan);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The AWS SDK warns about the version of Node.js on this machine, not about the runtime of the function.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // The local endpoint rejects all other services, so functions can't call them on the internet.
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_REDSHIFT_DATA: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    ...extraCaCertificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: extraCaCertificates },
  };
}
