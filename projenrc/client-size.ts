import { gzipSync } from 'node:zlib';
import { transform } from 'esbuild';

/** Returns a sentence with the size of the client library in a page. Throws if the size exceeds the maximum. */
export async function checkSize(script: string, maxBytes: number): Promise<string> {
  const { code } = await transform(script, { minify: true, target: 'es2022', format: 'esm' });
  const bytes = gzipSync(code, { level: 9 }).length;
  const sizes = `${bytes} bytes minified and compressed; the maximum is ${maxBytes}`;
  if (bytes > maxBytes) {
    throw new Error(`The client library is too large: ${sizes}. Remove code from src/client.`);
  }
  return `The client library has ${sizes}.`;
}
