import { parseArguments, HELP } from './cli/arguments';
import type { Arguments } from './cli/arguments';
import { Closing } from './cli/closing';
import { runApplication } from './cli/run-application';
import { Steps } from './cli/steps';

/** Runs the taxi application on this machine; see `--help`. */
async function main(words: readonly string[]): Promise<void> {
  const closing = new Closing();
  try {
    const asked: Arguments = parseArguments(words);
    if (asked.help) {
      process.stdout.write(HELP);
    } else {
      await runApplication(asked, new Steps(), closing);
    }
  } catch (error) {
    process.stderr.write(`\n${sentence(error as Error)}\n`);
    process.exitCode = 1;
  }
  await closing.close();
}

function sentence(error: Error): string {
  return process.env.DEBUG ? String(error.stack) : error.message;
}

// The SDK warns of the Node.js of this machine; the functions have their own on AWS.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

void main(process.argv.slice(2));
