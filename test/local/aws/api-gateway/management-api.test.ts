import type { Socket } from 'node:net';
import {
  ApiGatewayManagementApiClient, DeleteConnectionCommand, GetConnectionCommand, PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { FrameReader } from '../../../../local/aws/api-gateway/frame-reader';
import { CALLBACK_URL, CLIENT_URL, nodeFunction, POST, removeAssemblies, webSocketApi, writeAssembly } from '../fixture/assembly';
import { connect, eventually, sendAndReceive, startLocal } from '../fixture/local';
import type { Client, RunningLocalAws } from '../fixture/local';

/** Replies with the ID of the connection. */
const MESSAGE = `${POST}
exports.handler = async ({ requestContext: { connectionId } }) => post(connectionId, connectionId);`;

let local: RunningLocalAws;
let management: ApiGatewayManagementApiClient;

beforeAll(async () => {
  local = await startLocal(writeAssembly({
    resources: {
      ...nodeFunction('OnMessage', MESSAGE, { Environment: { Variables: { CALLBACK_URL } } }),
      ...webSocketApi({ $default: 'OnMessage' }),
    },
    outputs: { client: CLIENT_URL, callback: CALLBACK_URL },
  }), { webSocketLimits: { clientBufferBytes: 1_000_000 } });
  management = new ApiGatewayManagementApiClient({
    endpoint: local.aws.outputs.callback, region: 'us-east-1', credentials: local.aws.credentials, maxAttempts: 1,
  });
});

afterAll(async () => {
  management.destroy();
  await local.aws.close();
  removeAssemblies();
});

async function connected(): Promise<Client & { connectionId: string }> {
  const client = await connect(local.aws.outputs.client);
  return { ...client, connectionId: await sendAndReceive(client, 'id') };
}

describe('management API', () => {
  async function post(connectionId: string, data: string): Promise<unknown> {
    return management.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }));
  }

  it('posts to a connection', async () => {
    const client = await connected();
    await post(client.connectionId, 'grüße');
    await eventually(() => client.messages.includes('grüße'));
    client.socket.close();
  });

  it('describes a connection', async () => {
    const client = await connected();
    const described = await management.send(new GetConnectionCommand({ ConnectionId: client.connectionId }));
    expect(described).toMatchObject({ ConnectedAt: expect.any(Date), LastActiveAt: expect.any(Date), Identity: { SourceIp: '127.0.0.1' } });
    client.socket.close();
  });

  it('closes a connection', async () => {
    const client = await connected();
    await management.send(new DeleteConnectionCommand({ ConnectionId: client.connectionId }));
    expect((await client.ended).code).toBe(1000);
  });

  it('sends a message in frames when it is larger than 32 KB', async () => {
    const client = await connected();
    const message = 'é'.repeat(65_536);
    const reader = new FrameReader({ frameBytes: 32_768, messageBytes: 131_072 });
    const problems: (string | undefined)[] = [];
    const { _socket: tcp } = client.socket as unknown as { _socket: Socket };
    tcp.prependListener('data', (chunk: Buffer) => problems.push(reader.read(chunk)));
    await post(client.connectionId, message);
    await eventually(() => client.messages.includes(message));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    client.socket.close();
  });

  it('rejects a message when it is larger than 128 KB', async () => {
    const client = await connected();
    await expect(post(client.connectionId, 'x'.repeat(131_073))).rejects.toMatchObject({ name: 'PayloadTooLargeException', $metadata: { httpStatusCode: 413 } });
    client.socket.close();
  });

  it('returns GoneException when the client disconnected', async () => {
    const client = await connected();
    client.socket.close();
    await client.ended;
    await eventually(() => local.events.some((event) => event.kind === 'disconnect' && event.connectionId === client.connectionId));
    await expect(post(client.connectionId, 'x')).rejects.toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
  });

  it('rejects a malformed connection ID', async () => {
    await expect(post('malformed', 'x')).rejects.toMatchObject({ name: 'BadRequestException', $metadata: { httpStatusCode: 400 } });
  });

  it('rejects another stage', async () => {
    const other = new ApiGatewayManagementApiClient({
      endpoint: local.aws.outputs.callback.replace('/prod', '/test'), region: 'us-east-1', credentials: local.aws.credentials,
    });
    const command = new PostToConnectionCommand({ ConnectionId: 'L0SM9cOFvHcCIhw=', Data: 'x' });
    await expect(other.send(command)).rejects.toMatchObject({ name: 'ForbiddenException', $metadata: { httpStatusCode: 403 } });
    other.destroy();
  });

  it('rejects posts when the client doesn\'t read', async () => {
    const client = await connected();
    client.socket.pause();
    const message = 'x'.repeat(131_072);
    const postAll = async () => {
      for (let posts = 0; posts < 500; posts += 1) {
        await post(client.connectionId, message);
      }
    };
    await expect(postAll()).rejects.toMatchObject({ name: 'LimitExceededException', $metadata: { httpStatusCode: 429 } });
    client.socket.resume();
    await eventually(async () => post(client.connectionId, 'again').then(() => true, () => false));
    client.socket.close();
  });

  it('rejects an unknown caller', async () => {
    const unknownCaller = new ApiGatewayManagementApiClient({
      endpoint: local.aws.outputs.callback, region: 'us-east-1', credentials: { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' },
    });
    const command = new PostToConnectionCommand({ ConnectionId: 'L0SM9cOFvHcCIhw=', Data: 'x' });
    await expect(unknownCaller.send(command)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    unknownCaller.destroy();
  });
});
