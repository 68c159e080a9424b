import { connectEvent, CONTEXT, HandlerFixture, REQUEST } from './handler-fixture';
import { CALLER_ENVIRONMENT, STATEMENT_TARGETS, TABLE_ENVIRONMENT } from '../support/handler-environment';

const [{ environment }] = STATEMENT_TARGETS;
const fixture = new HandlerFixture();

describe.each(STATEMENT_TARGETS)('OnConnect with $name', ({ environment: variables, target }) => {
  it('starts the query in the query string, selects the subprotocol, and queues the accepted message', async () => {
    const onConnect = fixture.load('on-connect', variables);
    const response = await onConnect.handler({
      requestContext: { ...REQUEST, routeKey: '$connect' },
      headers: { 'sec-websocket-protocol': 'other, redshift-query.v1' },
      queryStringParameters: { trip_month: '2015-01' },
    }, CONTEXT);
    expect(response).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'redshift-query.v1' } });
    expect(onConnect.started()).toMatchObject([{ ...target, Parameters: [{ value: '2015-01' }] }]);
    expect(onConnect.sent()).toContainEqual({
      queueUrl: variables.QUEUE_URL,
      delaySeconds: 0,
      job: { type: 'request', connectionId: 'c1=', id: 'connect', request: expect.any(String), attempt: 1 },
    });
    expect(onConnect.posted()).toEqual([]);
  });
});

describe('OnConnect', () => {
  it('reads a list from the multi-value query string parameters when a key is repeated', async () => {
    const onConnect = fixture.load('on-connect');
    await onConnect.handler({
      requestContext: { ...REQUEST, routeKey: '$connect' },
      queryStringParameters: { query: 'listed', zones: 'b' },
      multiValueQueryStringParameters: { query: ['listed'], zones: ['a', 'b'] },
    }, CONTEXT);
    expect(onConnect.started()).toMatchObject([{ Parameters: [{ value: 'a' }, { value: 'b' }] }]);
  });
});

describe('OnConnect with token authorization', () => {
  const variables = { ...environment, ...CALLER_ENVIRONMENT };

  it('stores the hash of the caller and an expiry job, and OnDisconnect removes the identity', async () => {
    const onConnect = fixture.load('on-connect', variables);
    expect(await onConnect.handler(connectEvent({ tenant_id: 'acme', email: 'ann@example.com' }), CONTEXT)).toMatchObject({ statusCode: 200 });
    expect(await fixture.storedKeys()).toEqual(['connection#c1= identity']);
    const items = JSON.stringify(await fixture.storedItems());
    expect(items).toContain('acme');
    expect(items).not.toMatch(/ann/);
    expect(onConnect.sent()).toMatchObject([{ delaySeconds: 900, job: { type: 'expiry', connectionId: 'c1=', warned: false } }]);
    expect(await fixture.load('on-disconnect', { ...TABLE_ENVIRONMENT, CALLER_IDENTITY: 'token' }).handler({ requestContext: REQUEST })).toEqual({ statusCode: 200 });
    expect(await fixture.storedKeys()).toEqual([]);
  });

  it('does not treat the token in the URL as a parameter, and binds the claim', async () => {
    const onConnect = fixture.load('on-connect', variables);
    await onConnect.handler(connectEvent({ tenant_id: 'acme' }, { queryStringParameters: { query: 'own', token: 'secret' } }), CONTEXT);
    expect(onConnect.started()).toMatchObject([{ Parameters: [{ name: 'tenant', value: 'acme' }] }]);
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['https://example.com', { headers: { Origin: 'https://example.com' } }, 200],
    ['no origin', {}, 200],
    ['another origin', { headers: { origin: 'https://evil.example' } }, 403],
    ['two origins', { headers: { origin: 'https://example.com' }, multiValueHeaders: { origin: ['https://evil.example', 'https://example.com'] } }, 403],
  ])('accepts or rejects a page from %s', async (_, more, statusCode) => {
    expect(await fixture.load('on-connect', variables).handler(connectEvent({}, more), CONTEXT)).toMatchObject({ statusCode });
  });

  it('rejects a token that has expired in the meantime', async () => {
    expect(await fixture.load('on-connect', variables).handler(connectEvent({}, { lives: -1 }), CONTEXT)).toMatchObject({ statusCode: 403 });
    expect(await fixture.storedKeys()).toEqual([]);
  });

  it('fails when the event does not identify the caller', async () => {
    await expect(fixture.load('on-connect', variables).handler({ requestContext: { ...REQUEST, routeKey: '$connect' } }, CONTEXT)).rejects.toThrow('doesn\'t identify the caller');
  });

  it('logs neither claims nor the token', async () => {
    const onConnect = fixture.load('on-connect', variables);
    await onConnect.handler(connectEvent({ tenant_id: 'marked-claim' }, { queryStringParameters: { query: 'own', token: 'marked-token' } }), CONTEXT);
    await fixture.submit(fixture.load('on-message', variables), { query: 'own', parameters: { tenant: 'marked-value' } });
    expect(fixture.logged.length).toBeGreaterThan(0);
    expect(fixture.logged.join()).not.toMatch(/marked|ann/);
  });
});

describe('OnDisconnect', () => {
  it('removes every request of its connection, and none of other connections', async () => {
    const onMessage = fixture.load('on-message');
    await fixture.submit(onMessage);
    await fixture.submit(onMessage, { id: 'b', parameters: { trip_month: '2015-02' } });
    await onMessage.handler({ requestContext: { ...REQUEST, connectionId: 'c2=' }, body: '{"type":"query","id":"a","query":"deployed"}' }, CONTEXT);
    const onDisconnect = fixture.load('on-disconnect', TABLE_ENVIRONMENT);
    await onDisconnect.handler({ requestContext: REQUEST });
    const rest = (await fixture.storedKeys()).filter((key) => key.includes('request#'));
    expect(rest).toEqual(['connection#c2= request#a', expect.stringMatching(/^run#\S+ request#\S+$/)]);
    expect(onDisconnect.sent()).toMatchObject([{ job: { type: 'run', departure: 'left' } }, { job: { type: 'run', departure: 'left' } }]);
  });
});
