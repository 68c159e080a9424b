import * as http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessKeyOf, identifyCall } from './identify-call';
import type { IdentifiedCall } from './identify-call';
import type { Latencies } from './latencies';
import type { ProxyContext, RunningService } from '../../../local/aws/index';
import { closeServer, listen, LOOPBACK, readBody } from '../../../local/loopback';
import type { Usage } from '../../usage';
import { callUsage } from '../usage/call-usage';
import type { Meter } from '../usage/meter';

/** Settings of the proxy. */
export interface ProxySettings {
  readonly latencies: Latencies;
  readonly meter: Meter;
}

interface Response {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The local AWS has no Parameter Store. */
const PARAMETER: Response = {
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: Buffer.from(JSON.stringify({ Parameter: { Name: 'endpoint', Type: 'String', Value: 'endpoint' } })),
};

/** Starts a proxy between the functions and the local AWS. It adds the latency of each service, and measures the calls. */
export async function startLatencyProxy({ endpoint, roleOf }: ProxyContext, settings: ProxySettings): Promise<RunningService> {
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    relay(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body), () => response.destroy());
  });

  async function relay(request: http.IncomingMessage): Promise<Response> {
    const body = await readBody(request);
    const startedAt = performance.now();
    const call = identifyCall(request);
    const latency = settings.latencies[call.service];
    await sleep(latency / 2);
    const { response, usage } = await serve(call, request, body);
    // A call that waits for a statement is longer than its latency.
    const waits = call.service === 'redshift-data' && (JSON.parse(body.toString()) as { WaitTimeSeconds?: number }).WaitTimeSeconds !== undefined;
    await sleep(waits ? latency / 2 : Math.max(0, latency - (performance.now() - startedAt)));
    const functionName = roleOf(accessKeyOf(request)).split('/').pop()!;
    const message = call.operation === 'PostToConnection' ? { message: body.toString() } : {};
    settings.meter.addCall({ ...call, functionName, startedAt, endedAt: performance.now(), ...message }, usage);
    return response;
  }

  async function serve(call: IdentifiedCall, request: http.IncomingMessage, body: Buffer): Promise<{ response: Response; usage: Partial<Usage> }> {
    if (call.service === 'parameter-store') {
      return { response: PARAMETER, usage: callUsage(call, body, PARAMETER.body) };
    }
    const sent = call.service === 'dynamodb' ? withReportedCapacity(body) : body;
    const response = await forward(request, sent);
    return { response, usage: callUsage(call, body, response.body) };
  }

  async function forward({ method, url, headers: { connection: _, 'transfer-encoding': _encoding, ...headers } }: http.IncomingMessage, body: Buffer): Promise<Response> {
    const incoming = await new Promise<http.IncomingMessage>((resolve, reject) => {
      http.request(endpoint + url, { method, agent, headers: { ...headers, 'content-length': body.length } }, resolve).on('error', reject).end(body);
    });
    const { connection: _connection, 'transfer-encoding': _chunked, ...rest } = incoming.headers;
    return { status: incoming.statusCode!, headers: rest, body: await readBody(incoming) };
  }

  const port = await listen(server);
  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    close: async () => {
      await closeServer(server);
      agent.destroy();
    },
  };
}

function withReportedCapacity(body: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: 'TOTAL' }));
}
