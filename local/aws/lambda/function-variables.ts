import * as path from 'node:path';
import type { FunctionPlan } from './function-plan';
import type { Credentials } from '../callers';

/** What every function is told of the local AWS. */
export interface Surroundings {
  readonly region: string;
  readonly endpoint: string;
  /** A file of certificates that the functions trust beside those that Node.js knows. */
  readonly extraCaCertificates?: string;
  credentials(plan: FunctionPlan): Credentials;
  localize(text: string): string;
}

/** Where the files of a function are. */
export interface FunctionFolders {
  readonly taskRoot: string;
  readonly layers: readonly string[];
  readonly home: string;
}

/** What Node.js cannot start without on Windows. */
const HOST_VARIABLES = ['SystemRoot'];

/** The whole environment of a function's process: nothing of the developer's own gets in. */
export function functionVariables(plan: FunctionPlan, folders: FunctionFolders, surroundings: Surroundings): Record<string, string> {
  const template = Object.entries(plan.environment).map(([name, value]) => [name, surroundings.localize(value)]);
  const host = HOST_VARIABLES.flatMap((name) => process.env[name] === undefined ? [] : [[name, process.env[name]]]);
  return {
    ...Object.fromEntries(host) as Record<string, string>,
    ...Object.fromEntries(template) as Record<string, string>,
    ...lambdaVariables(plan, folders),
    ...awsVariables(plan, surroundings),
  };
}

function lambdaVariables(plan: FunctionPlan, { taskRoot, layers, home }: FunctionFolders): Record<string, string> {
  const nodeMajor = /\d+/.exec(plan.runtime)?.[0];
  // The last layer is on top under /opt, so its modules are found first.
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

function awsVariables(plan: FunctionPlan, { region, endpoint, credentials, extraCaCertificates }: Surroundings): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials(plan);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The SDK warns of the Node.js of this machine, not of the runtime that the function has on AWS.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // Any other service is asked for here as well, where it is refused by name in place of being reached on the internet.
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_REDSHIFT_DATA: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    ...extraCaCertificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: extraCaCertificates },
  };
}
