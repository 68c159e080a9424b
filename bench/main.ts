import { runEncodingBenchmark } from './encoding/run';
import { runInitializationBenchmark } from './initialization/run';
import { runMemoryBenchmark } from './memory/run';
import { runPipelineBenchmark } from './pipeline/run';

const BENCHMARKS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  initialization: runInitializationBenchmark,
  memory: runMemoryBenchmark,
  pipeline: runPipelineBenchmark,
};

async function main(args: readonly string[]): Promise<void> {
  const [name, ...options] = args;
  await (Object.hasOwn(BENCHMARKS, name ?? '') ? BENCHMARKS[name](options) : runEncodingBenchmark(args));
}

// The AWS SDK warns about the version of Node.js on this machine. On AWS, the functions run on their own runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
