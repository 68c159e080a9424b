import * as os from 'node:os';

/** The version of Node.js and the number of cores, to begin a sentence. */
export function describeMachine(): string {
  return `Node.js ${process.versions.node.split('.')[0]} on ${os.cpus().length} cores`;
}
