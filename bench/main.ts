import { runEncodingBenchmark } from './encoding/run';
import { runPipelineBenchmark } from './pipeline/run';

async function main([benchmark, ...args]: readonly string[]): Promise<void> {
  if (benchmark === 'pipeline') {
    await runPipelineBenchmark(args);
    return;
  }
  await runEncodingBenchmark(benchmark === undefined ? [] : [benchmark, ...args]);
}

// The AWS SDK warns about the version of Node.js on this machine. On AWS, the functions run on their own runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
