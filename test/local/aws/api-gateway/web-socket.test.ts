import type { Socket } from 'node:net';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { ClientOptions } from 'ws';
import { advanceTime, stopTime } from '../../../support/time';
import { CALLBACK_URL, CLIENT_URL, nodeFunction, POST, removeAssemblies, webSocketApi, writeAssembly } from '../fixture/assembly';
import { connect, eventually, sendAndReceive, startLocal } from '../fixture/local';
import type { Client, RunningLocalAws } from '../fixture/local';

const CONNECT = `${POST}
exports.handler = async (event) => {
  const query = event.queryStringParameters ?? {};
  if (query.crash) throw new Error('crashed');
  console.log('CONNECT ' + JSON.stringify(event));
  if (query.early) console.log('EARLY ' + await post(event.requestContext.connectionId, 'too early'));
  const headers = query.subprotocol ? { 'sec-websocket-protocol': query.subprotocol } : {};
  return { statusCode: Number(query.status ?? 200), headers };
};`;
const MESSAGE = `${POST}
exports.handler = async (event) => {
  const { connectionId, routeKey } = event.requestContext;
  if (event.body === 'crash') throw new Error('crashed');
  if (event.body.includes('hang')) {
    console.log('HANG');
    await new Promise(() => {});
  }
  await post(connectionId, event.body === 'event' ? JSON.stringify(event) : routeKey + ' ' + event.body.length);
};`;
const DISCONNECT = 'exports.handler = async (event) => { console.log(\'DISCONNECT \' + JSON.stringify(event)); };';

const TEXT_OPCODE = 0x1;
const PING = 0x9;

/** A whole frame of a client, with a mask of zeros. */
function maskedFrame(opcode: number, payload: string): Buffer {
  return Buffer.concat([Buffer.from([0x80 + opcode, 0x80 + payload.length, 0, 0, 0, 0]), Buffer.from(payload)]);
}

type Event = APIGatewayProxyWebsocketEventV2 & { headers?: unknown; queryStringParameters?: unknown; multiValueQueryStringParameters?: unknown };

const environment = { Environment: { Variables: { CALLBACK_URL } } };
let local: RunningLocalAws;
let url: string;

beforeAll(async () => {
  const api = webSocketApi({ $connect: 'OnConnect', $default: 'OnMessage', special: 'OnMessage', short: 'OnMessage', $disconnect: 'OnDisconnect' });
  api.Integration3.Properties!.TimeoutInMillis = 1000;
  local = await startLocal(writeAssembly({
    resources: {
      ...nodeFunction('OnConnect', CONNECT, environment),
      ...nodeFunction('OnMessage', MESSAGE, environment),
      ...nodeFunction('OnDisconnect', DISCONNECT),
      ...api,
    },
    outputs: { client: CLIENT_URL },
  }));
  url = local.aws.outputs.client;
});

afterAll(async () => {
  await local.aws.close();
  removeAssemblies();
});

/** The event with the given string that a function logs during an action. */
async function logged(functionId: string, label: string, part: string, action: () => Promise<void>): Promise<Event> {
  const before = local.lines.length;
  const prefix = `${functionId}: ${label} `;
  await action();
  const line = await eventually(() => local.lines.slice(before).find((candidate) => candidate.startsWith(prefix) && candidate.includes(part)));
  return JSON.parse(line.slice(prefix.length)) as Event;
}

async function connectAndClose(address: string, options: ClientOptions = {}): Promise<void> {
  const { socket } = await connect(address, [], options);
  socket.close();
}

function internalServerError(connectionId: string): object {
  return { message: 'Internal server error', connectionId, requestId: expect.any(String) };
}

async function connected(): Promise<Client & { connectionId: string }> {
  const client = await connect(url);
  const event = JSON.parse(await sendAndReceive(client, 'event')) as Event;
  return { ...client, connectionId: event.requestContext.connectionId };
}

describe('connection', () => {
  it('has headers and query string in the $connect event', async () => {
    const event = await logged('OnConnect', 'CONNECT', 'X-Token', async () =>
      connectAndClose(`${url}?a=1&a=2&b=%C3%BC`, { headers: { 'X-Token': 'secret', 'User-Agent': 'tester' } }));
    expect(event).toMatchObject({
      headers: { 'X-Token': 'secret', 'Host': expect.stringMatching(/^[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/), 'X-Forwarded-Proto': 'https' },
      multiValueHeaders: { 'X-Token': ['secret'] },
      queryStringParameters: { a: '2', b: 'ü' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['ü'] },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        messageDirection: 'IN',
        stage: 'prod',
        connectionId: expect.stringMatching(/^[\w-]{15}=$/),
        connectedAt: expect.any(Number),
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestTimeEpoch: expect.any(Number),
        identity: { sourceIp: '127.0.0.1', userAgent: 'tester' },
      },
      isBase64Encoded: false,
    });
    expect(event.requestContext).not.toHaveProperty('messageId');
  });

  it('has no query string in the event when the URL has none', async () => {
    const event = await logged('OnConnect', 'CONNECT', '', async () => connectAndClose(url));
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event).not.toHaveProperty('multiValueQueryStringParameters');
  });

  it.each([['status=403', 403], ['status=400', 400], ['crash=1', 502]])('is rejected by %s with status %d', async (query, status) => {
    await expect(connect(`${url}?${query}`)).rejects.toThrow(`Unexpected server response: ${status}`);
  });

  it('has the subprotocol of the function', async () => {
    const { socket } = await connect(`${url}?subprotocol=b`, ['a', 'b']);
    expect(socket.protocol).toBe('b');
    socket.close();
  });

  it('fails when the function chooses none of its subprotocols', async () => {
    await expect(connect(url, ['a'])).rejects.toThrow('Server sent no subprotocol');
  });

  it('is rejected when the URL has more than 4096 characters', async () => {
    await expect(connect(`${url}?a=${'x'.repeat(4096)}`)).rejects.toThrow('Unexpected server response: 414');
  });

  it('is rejected when the stage doesn\'t exist', async () => {
    await expect(connect(url.replace('/prod', '/test'))).rejects.toThrow('Unexpected server response: 403');
  });

  it('rejects posts before $connect returns', async () => {
    const { socket, messages } = await connect(`${url}?early=1`);
    await eventually(() => local.lines.includes('OnConnect: EARLY 410'));
    expect(messages).toEqual([]);
    socket.close();
  });

  it('has code and reason in the $disconnect event when it is closed', async () => {
    const { socket } = await connect(url);
    const event = await logged('OnDisconnect', 'DISCONNECT', '4001', async () => socket.close(4001, 'enough'));
    expect(event.requestContext).toMatchObject({ routeKey: '$disconnect', eventType: 'DISCONNECT', disconnectStatusCode: 4001, disconnectReason: 'enough' });
    expect(event).not.toHaveProperty('headers');
  });

  it('has an abnormal code in the $disconnect event when it breaks', async () => {
    const { socket } = await connect(url);
    const event = await logged('OnDisconnect', 'DISCONNECT', '1006', async () => socket.terminate());
    expect(event.requestContext).toMatchObject({ disconnectStatusCode: 1006, disconnectReason: 'Connection Closed Abnormally' });
  });
});

describe('message', () => {
  afterEach(() => void jest.useRealTimers());

  it('has no headers and query string in its event', async () => {
    const client = await connect(`${url}?a=1`);
    const event = JSON.parse(await sendAndReceive(client, 'event')) as Event;
    expect(event).toMatchObject({ body: 'event', isBase64Encoded: false, requestContext: { routeKey: '$default', eventType: 'MESSAGE' } });
    expect(event.requestContext).toHaveProperty('messageId');
    expect(event).not.toHaveProperty('headers');
    expect(event).not.toHaveProperty('queryStringParameters');
    client.socket.close();
  });

  it.each([
    ['{"action":"special"}', 'special 20'],
    ['{"action":"other"}', '$default 18'],
    ['{"action":"$connect"}', '$default 21'],
    ['not JSON', '$default 8'],
    ['null', '$default 4'],
  ])('is routed when it is %s, with the reply %s', async (message, reply) => {
    const client = await connect(url);
    expect(await sendAndReceive(client, message)).toBe(reply);
    client.socket.close();
  });

  it('receives an internal server error when the function fails', async () => {
    const client = await connected();
    expect(JSON.parse(await sendAndReceive(client, 'crash'))).toEqual(internalServerError(client.connectionId));
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.close();
  });

  it('receives an internal server error when the function exceeds the timeout of the integration', async () => {
    const client = await connected();
    stopTime();
    const reply = sendAndReceive(client, '{"action":"short","how":"hang"}');
    await eventually(() => local.lines.includes('OnMessage: HANG'));
    advanceTime(1000);
    expect(JSON.parse(await reply)).toEqual(internalServerError(client.connectionId));
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.close();
  });

  it('is accepted when it has 128 KB in frames of 32 KB', async () => {
    const client = await connect(url);
    const frame = 'x'.repeat(32_768);
    [0, 1, 2].forEach(() => client.socket.send(frame, { fin: false }));
    expect(await sendAndReceive(client, frame)).toBe('$default 131072');
    client.socket.close();
  });

  it('closes the connection when it is larger than 128 KB', async () => {
    const { socket, ended } = await connect(url);
    const frame = 'x'.repeat(32_768);
    [0, 1, 2, 3].forEach(() => socket.send(frame, { fin: false }));
    socket.send('x');
    expect(await ended).toEqual({ code: 1009, reason: 'Maximum message size is 131072 bytes: split the message' });
  });

  it('receives a reply when it follows 1,000 pings in one write', async () => {
    const client = await connect(url);
    const { _socket: tcp } = client.socket as unknown as { _socket: Socket };
    const pings = Array.from({ length: 1000 }, (_, index) => maskedFrame(PING, String(index)));
    const pongs: string[] = [];
    client.socket.on('pong', (data) => pongs.push(data.toString()));
    tcp.write(Buffer.concat([...pings, maskedFrame(TEXT_OPCODE, 'hello')]));
    await eventually(() => client.messages.length > 0);
    expect(client.messages).toEqual(['$default 5']);
    expect(pongs).toEqual(pings.map((_, index) => String(index)));
    client.socket.close();
  });

  it('closes the connection when a frame is larger than 32 KB', async () => {
    const { socket, ended } = await connect(url);
    socket.send('x'.repeat(32_769));
    expect(await ended).toEqual({ code: 1009, reason: 'Maximum frame size is 32768 bytes: split the message into frames' });
  });

  it('closes the connection when it is binary', async () => {
    const { socket, ended } = await connect(url);
    socket.send(Buffer.from('x'));
    expect((await ended).code).toBe(1003);
  });
});

describe('WebSocket API without a default route', () => {
  it('returns Forbidden when no route matches, and accepts connections without a function', async () => {
    const { aws } = await startLocal(writeAssembly({
      resources: { ...nodeFunction('OnMessage', MESSAGE, environment), ...webSocketApi({ special: 'OnMessage' }) },
      outputs: { client: CLIENT_URL },
    }));
    const client = await connect(aws.outputs.client);
    expect(JSON.parse(await sendAndReceive(client, '{"action":"other"}'))).toEqual({ message: 'Forbidden', connectionId: expect.any(String), requestId: expect.any(String) });
    await aws.close();
    expect((await client.ended).code).toBe(1006);
  });
});

describe('long connection', () => {
  it.each([
    ['idle', { idleMilliseconds: 100 }],
    ['open for the maximum time', { connectionMilliseconds: 100 }],
  ])('is closed with code 1001 when it is %s', async (_, webSocketLimits) => {
    const { aws } = await startLocal(writeAssembly({
      resources: { ...nodeFunction('OnMessage', MESSAGE, environment), ...webSocketApi({ $default: 'OnMessage' }) },
      outputs: { client: CLIENT_URL },
    }), { webSocketLimits });
    const { ended } = await connect(aws.outputs.client);
    expect(await ended).toEqual({ code: 1001, reason: 'Going away' });
    await aws.close();
  });
});
