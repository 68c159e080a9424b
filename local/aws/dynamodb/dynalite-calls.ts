import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import dynalite from 'dynalite';
import { DynamoDbError } from './dynamodb-error';

/** A request to dynalite. */
export interface DynaliteRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
}

/** A response of dynalite. */
export interface DynaliteResponse {
  readonly statusCode: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** dynalite requires a signature, which it doesn't verify. */
const SIGNATURE = {
  'authorization': 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
  'x-amz-date': '20260101T000000Z',
};

/** Calls dynalite in this process, without a network connection. */
export class DynaliteCalls {
  private readonly server = dynalite({ createTableMs: 0 });

  /** Returns the output of an operation. Throws `DynamoDbError` if dynalite responds with an error. */
  public async call(operation: string, input: object): Promise<Record<string, any>> {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}`, ...SIGNATURE };
    const { statusCode, body } = await this.send({ method: 'POST', url: '/', headers }, Buffer.from(JSON.stringify(input)));
    const output = JSON.parse(body) as Record<string, any>;
    if (statusCode !== 200) {
      throw new DynamoDbError(String(output.__type).replace(/^.*#/, ''), output.message ?? output.Message ?? '');
    }
    return output;
  }

  public async send(request: DynaliteRequest, body: Buffer): Promise<DynaliteResponse> {
    return new Promise((resolve) => {
      const headers: OutgoingHttpHeaders = {};
      const response = {
        statusCode: 200,
        setHeader: (name: string, value: string | number) => { headers[name] = value; },
        end: (content = '') => resolve({ statusCode: response.statusCode, headers, body: content }),
      };
      const { method, url, headers: requestHeaders } = request;
      this.server.emit('request', Object.assign(Readable.from([body]), { method, url, headers: requestHeaders }), response);
    });
  }
}
