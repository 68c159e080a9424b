import { Throttle } from '../../../../local/aws/api-gateway/throttle';
import { tryToConnect } from '../../../support/local/access-application';
import { presigned } from '../../../support/local/signed-request';
import { CLIENT_URL, nodeFunction, removeAssemblies, webSocketApi, withAuthorizer, writeAssembly } from '../fixture/assembly';
import type { Resources } from '../fixture/assembly';
import { connect, eventually, startLocal } from '../fixture/local';
import type { RunningLocalAws } from '../fixture/local';

const AUTHORIZER = `
exports.handler = async (event) => {
  console.log('AUTHORIZER ' + JSON.stringify(event));
  const Statement = [{ Action: 'execute-api:*', Effect: 'Allow', Resource: event.methodArn.split('/')[0] + '/*' }];
  const DENIED = { Action: '*', Effect: 'Deny', Resource: '*' };
  return {
    principalId: 'ada',
    policyDocument: { Version: '2012-10-17', Statement: event.headers.deny ? [...Statement, DENIED] : Statement },
    context: { text: 'a', number: 7, truth: true },
  };
};`;
const WORK = 'exports.handler = async (event) => { console.log(event.requestContext.eventType + \' \' + JSON.stringify(event)); return { statusCode: 200 }; };';

const ROUTES = { $connect: 'Work', $default: 'Work' };

let local: RunningLocalAws | undefined;

describe('connect authorizer', () => {
  afterEach(async () => {
    await local?.aws.close();
    local = undefined;
  });

  afterAll(() => removeAssemblies());

  async function start(api: Resources, more: Resources = {}): Promise<string> {
    local = await startLocal(writeAssembly({
      resources: { ...nodeFunction('Work', WORK), ...nodeFunction('Authorize', AUTHORIZER), ...api, ...more },
      outputs: { client: CLIENT_URL, apiId: { Ref: 'Api' } },
    }));
    return local.aws.outputs.client;
  }

  async function logged(prefix: string): Promise<any> {
    const line = await eventually(() => local!.lines.find((candidate) => candidate.startsWith(prefix)));
    return JSON.parse(line.slice(prefix.length));
  }

  it('invokes a Lambda authorizer with the documented event and passes its context only to $connect', async () => {
    const url = await start(withAuthorizer(webSocketApi(ROUTES), 'Authorize'));
    const client = await connect(`${url}?key=a&key=b`, [], { headers: { origin: 'https://app.example.com' } });
    const event = await logged('Authorize: AUTHORIZER ');
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: `arn:aws:execute-api:us-east-1:111122223333:${local!.aws.outputs.apiId}/prod/$connect`,
      headers: { origin: 'https://app.example.com', Upgrade: 'websocket', Connection: 'Upgrade' },
      queryStringParameters: { key: 'b' },
      multiValueQueryStringParameters: { key: ['a', 'b'] },
      stageVariables: {},
      requestContext: { routeKey: '$connect', eventType: 'CONNECT', stage: 'prod', connectionId: expect.any(String) },
    });
    const { requestContext } = await logged('Work: CONNECT ');
    expect(requestContext.authorizer).toEqual({ principalId: 'ada', integrationLatency: expect.any(Number), text: 'a', number: '7', truth: 'true' });
    expect(requestContext.connectionId).toBe(event.requestContext.connectionId);
    client.socket.send('hello');
    expect((await logged('Work: MESSAGE ')).requestContext).not.toHaveProperty('authorizer');
  });

  it('rejects when a statement denies and another one allows', async () => {
    const url = await start(withAuthorizer(webSocketApi(ROUTES), 'Authorize'));
    expect(await tryToConnect(url, { headers: { deny: 'yes' } })).toBe(403);
    expect(local!.lines.filter((line) => line.startsWith('Work: '))).toEqual([]);
  });

  it('doesn\'t invoke a Lambda authorizer when an identity source is missing', async () => {
    const sources = ['route.request.querystring.key', 'route.request.header.X-Key'];
    const url = await start(withAuthorizer(webSocketApi(ROUTES), 'Authorize', sources));
    expect(await tryToConnect(`${url}?key=a`)).toBe(401);
    expect(await tryToConnect(url, { headers: { 'x-key': 'a' } })).toBe(401);
    expect(local!.lines.filter((line) => line.startsWith('Authorize: '))).toEqual([]);
    expect(await tryToConnect(`${url}?key=a`, { headers: { 'x-key': 'a' } })).toBe(101);
  });

  it('passes the IAM caller to $connect', async () => {
    const api = webSocketApi(ROUTES);
    api.Route0.Properties!.AuthorizationType = 'AWS_IAM';
    const resource = { 'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/prod/$connect' };
    const Invoke = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource };
    const url = await start(api, {
      Ada: { Type: 'AWS::IAM::User', Properties: { UserName: 'ada', Policies: [{ PolicyName: 'Connect', PolicyDocument: { Statement: Invoke } }] } },
    });
    expect(await tryToConnect(await presigned(url, local!.aws.credentialsOf('Ada')))).toBe(101);
    const { requestContext: { identity } } = await logged('Work: CONNECT ');
    const userArn = 'arn:aws:iam::111122223333:user/ada';
    expect(identity).toMatchObject({ accountId: '111122223333', userArn, caller: expect.stringMatching(/^AIDA/), user: identity.caller });
    expect(() => local!.aws.credentialsOf('Nobody')).toThrow('Nobody isn\'t a role or user of the template: use one of');
  });

  it('rejects connections with 429 and messages with an error when the stage is throttled', async () => {
    const api = webSocketApi(ROUTES);
    // Without a rate, only the requests of the burst are accepted.
    api.Stage.Properties!.DefaultRouteSettings = { ThrottlingRateLimit: 0, ThrottlingBurstLimit: 2 };
    const url = await start(api);
    const client = await connect(url);
    client.socket.send('first');
    client.socket.send('second');
    const error = JSON.parse(await eventually(() => client.messages[0]));
    expect(error).toEqual({ message: 'Too Many Requests', connectionId: expect.any(String), requestId: expect.any(String) });
    expect((await logged('Work: MESSAGE ')).body).toBe('first');
    expect(await tryToConnect(url)).toBe(429);
  });

  it('limits requests to the burst and the rate', () => {
    let now = 0;
    const throttle = new Throttle({ ratePerSecond: 2, burst: 3 }, () => now);
    const take = (count: number) => Array.from({ length: count }, () => throttle.take());
    expect(take(4)).toEqual([true, true, true, false]);
    now = 1000;
    expect(take(3)).toEqual([true, true, false]);
    now = 60_000;
    expect(take(4)).toEqual([true, true, true, false]);
  });
});
