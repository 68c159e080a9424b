import { gzipSync } from 'node:zlib';
import { transform } from 'esbuild';

/** Says how large the client is where a page carries it. Throws when that is over the budget. */
export async function checkSize(script: string, budgetBytes: number): Promise<string> {
  const { code } = await transform(script, { minify: true, target: 'es2022', format: 'esm' });
  const bytes = gzipSync(code, { level: 9 }).length;
  const numbers = `${bytes} bytes minified and compressed; ${budgetBytes} are allowed`;
  if (bytes > budgetBytes) {
    throw new Error(`the client library has become too large: ${numbers}`);
  }
  return `The client library has ${numbers}.`;
}
