// The Node.js runtime of Lambda, in the process of an execution environment.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const send = process.send.bind(process);
// On AWS, a function has no parent process.
delete process.send;

process.on('disconnect', () => process.exit());
// The terminal sends SIGINT to all processes. The parent stops this process.
process.on('SIGINT', () => {});

function errorOf(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function failure(errorType, errorMessage) {
  return Object.assign(new Error(errorMessage), { name: errorType });
}

function isModule(root, file) {
  if (!file.endsWith('.js')) {
    return file.endsWith('.mjs');
  }
  const manifest = join(root, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
}

async function loadHandler(root, name) {
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  const modulePath = name.slice(0, dot);
  const file = ['.js', '.mjs', '.cjs'].map((extension) => join(root, modulePath + extension)).find(existsSync);
  if (dot < 0 || file === undefined) {
    throw failure('Runtime.ImportModuleError', `Cannot find module of handler '${name}'`);
  }
  const loaded = isModule(root, file) ? await import(pathToFileURL(file).href) : createRequire(join(root, 'index.js'))(file);
  const handler = name.slice(dot + 1).split('.').reduce((value, key) => value?.[key], loaded);
  if (typeof handler !== 'function') {
    throw failure('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (handler.length > 2) {
    throw failure('Runtime.CallbackHandlerDeprecated', `${name} has a callback parameter: return a promise instead`);
  }
  return handler;
}

function contextOf({ requestId, deadline, functionArn }) {
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: functionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function start() {
  try {
    const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
    process.on('message', async ({ event, ...invocation }) => {
      const { requestId } = invocation;
      try {
        const result = await handler(event, contextOf(invocation));
        send({ type: 'result', requestId, payload: JSON.stringify(result) ?? 'null' });
      } catch (error) {
        console.error(error);
        send({ type: 'error', requestId, error: errorOf(error) });
      }
    });
    send({ type: 'ready' });
  } catch (error) {
    console.error(error);
    send({ type: 'init-error', error: errorOf(error) }, () => process.exit(1));
  }
}

await start();
