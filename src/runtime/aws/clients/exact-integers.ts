import type { RedshiftDataClient, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-redshift-data';
import type { DeserializeMiddleware, HttpResponse } from '@smithy/types';

/** A `longValue` of 16 digits or more. Its quotes would be escaped inside a string, so it is always the key of a Field. */
const LONG_INTEGER = /"longValue"\s*:\s*(-?\d{16,})/g;

const rewriteBody: DeserializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => async (args) => {
  const result = await next(args);
  const response = result.response as HttpResponse;
  if (response.statusCode === 200) {
    response.body = await rewriteResponse(response.body);
  }
  return result;
};

/** Returns integers that JavaScript numbers can't represent as `stringValue`, with all digits. */
export function preserveExactIntegers(client: RedshiftDataClient): void {
  client.middlewareStack.addRelativeTo(rewriteBody, { name: 'preserveExactIntegers', relation: 'after', toMiddleware: 'deserializerMiddleware' });
}

async function rewriteResponse(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return bytes.includes('"longValue"') ? Buffer.from(quoteUnsafeIntegers(bytes.toString())) : bytes;
}

/** Quotes each integer outside ±(2^53 − 1) in the JSON of a result. */
export function quoteUnsafeIntegers(json: string): string {
  return json.replace(LONG_INTEGER, (field, digits: string) => Number.isSafeInteger(Number(digits)) ? field : `"stringValue":"${digits}"`);
}
