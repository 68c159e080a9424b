import { parseArguments, HELP } from './cli/arguments';
import { runApplication } from './cli/run-application';
import { Shutdown } from './cli/shutdown';
import { Steps } from './cli/steps';

/** Runs the taxi application on this machine. See `--help`. */
async function main(argv: readonly string[]): Promise<void> {
  const shutdown = new Shutdown();
  try {
    const options = parseArguments(argv);
    if (options.help) {
      process.stdout.write(HELP);
    } else {
      await runApplication(options, new Steps(), shutdown);
    }
  } catch (error) {
    process.stderr.write(`\nError: ${messageOf(error as Error)}\n`);
    process.exitCode = 1;
  }
  await shutdown.run();
}

function messageOf(error: Error): string {
  return process.env.DEBUG ? String(error.stack) : error.message;
}

// The AWS SDK warns about the version of Node.js on this machine. On AWS, the functions run on their own runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

void main(process.argv.slice(2));
