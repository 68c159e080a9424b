import { Annotations as CdkAnnotations, App, CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CognitoTokenUse, ConnectionAccess, QueryParameter, RedshiftWebSocketQuery } from '../../src';
import type { OpenIdConnectOptions } from '../../src';
import { allowedResources, queryProps, construct, environmentOf, LEAST_PROPS, newStack, permissionsOf, pipelineFunctions, templateOf } from '../support/construct';

const ISSUER = 'https://login.example.com/tenant';

type MakeAccess = (stack: Stack) => ConnectionAccess;

function userPool(stack: Stack, tokenUse?: CognitoTokenUse): ConnectionAccess {
  const pool = new cognito.UserPool(stack, 'Users');
  return ConnectionAccess.cognitoUserPool(pool, { userPoolClients: [pool.addClient('Page')], tokenUse });
}

function ownAuthorizer(stack: Stack, identitySource?: string[]): ConnectionAccess {
  const handler = new lambda.Function(stack, 'Own', { runtime: lambda.Runtime.NODEJS_LATEST, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = null;') });
  return ConnectionAccess.lambdaAuthorizer(handler, { identitySource });
}

const KINDS: Readonly<Record<string, MakeAccess>> = {
  'IAM': () => ConnectionAccess.iam(),
  'open': () => ConnectionAccess.open(),
  'a Cognito user pool': userPool,
  'an OpenID Connect issuer': () => ConnectionAccess.openIdConnect({ issuer: ISSUER, audience: ['trips'] }),
  'a Lambda authorizer': ownAuthorizer,
  'one-time tickets': () => ConnectionAccess.oneTimeTicket(),
};

function synthesized(makeAccess: MakeAccess, stack = newStack()): Template {
  return templateOf({ access: makeAccess(stack) }, stack);
}

describe.each(Object.entries(KINDS))('%s', (_, makeAccess) => {
  test('decides on $connect, as the snapshot shows', () => {
    const template = synthesized(makeAccess);
    const { AuthorizationType, AuthorizerId } = routeOf(template, '$connect');
    const functions = Object.entries(pipelineFunctions(template)).filter(([entry]) => /token|ticket/.test(entry)).map(([entry, { Environment, MemorySize, Timeout }]) =>
      ({ entry, environment: Environment.Variables, MemorySize, Timeout, may: permissionsOf(template, entry) }));
    expect({
      route: { AuthorizationType, AuthorizerId },
      authorizers: template.findResources('AWS::ApiGatewayV2::Authorizer'),
      permissions: Object.values(template.findResources('AWS::Lambda::Permission')).filter(({ Properties }) => JSON.stringify(Properties.SourceArn).includes('/authorizers/')),
      functions,
    }).toMatchSnapshot();
  });

  it('requires no authorization on $default and $disconnect', () => {
    const template = synthesized(makeAccess);
    ['$default', '$disconnect'].forEach((key) => expect(routeOf(template, key).AuthorizationType).toBe('NONE'));
  });
});

describe('open access', () => {
  const warning = Match.stringLikeRegexp('anyone with the URL can connect.*oneTimeTicket\\(\\).*acknowledgeWarning\\(\'cdk-redshift-websocket-query:openAccess\'');

  it('adds a warning that names the alternatives', () => {
    const stack = newStack();
    construct({ access: ConnectionAccess.open() }, stack);
    Annotations.fromStack(stack).hasWarning('/Stack/Query', warning);
  });

  it('adds no warning when the warning is acknowledged', () => {
    const stack = newStack();
    const query = construct({ access: ConnectionAccess.open() }, stack);
    CdkAnnotations.of(query).acknowledgeWarning('cdk-redshift-websocket-query:openAccess', 'the trips are public');
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  it.each(Object.entries(KINDS).filter(([kind]) => kind !== 'open'))('adds no warning when access is %s', (_, makeAccess) => {
    const stack = newStack();
    synthesized(makeAccess, stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('a Cognito user pool', () => {
  it('is identified by its ID when it is in another stack', () => {
    const stack = newStack();
    const pool = cognito.UserPool.fromUserPoolId(stack, 'Users', 'eu-west-1_AbCdEfGhI');
    const client = cognito.UserPoolClient.fromUserPoolClientId(stack, 'Page', 'page');
    const template = templateOf({ access: ConnectionAccess.cognitoUserPool(pool, { userPoolClients: [client] }) }, stack);
    expect(environmentOf(template, 'authorize-token')).toMatchObject({ AUDIENCE: '["page"]', TOKEN_USE: 'access' });
    expect(JSON.stringify(environmentOf(template, 'authorize-token').ISSUER)).toContain('eu-west-1_AbCdEfGhI');
  });

  it('accepts access tokens by default, and ID tokens when tokenUse is ID', () => {
    expect(environmentOf(synthesized(userPool), 'authorize-token')).toMatchObject({ TOKEN_USE: 'access' });
    expect(environmentOf(synthesized((stack) => userPool(stack, CognitoTokenUse.ID)), 'authorize-token')).toMatchObject({ TOKEN_USE: 'id' });
  });

  it('throws when it has no app client', () => {
    const pool = new cognito.UserPool(newStack(), 'Users');
    expect(() => ConnectionAccess.cognitoUserPool(pool, { userPoolClients: [] })).toThrow(
      'userPoolClients is empty, so every token would be rejected: add at least one app client',
    );
  });
});

describe('an OpenID Connect issuer', () => {
  const access = (options: Partial<OpenIdConnectOptions>) => ConnectionAccess.openIdConnect({ issuer: ISSUER, audience: ['trips'], ...options });

  it.each(['http://login.example.com', 'login.example.com', '', 'ftp://login.example.com'])('throws when its URL is not an HTTPS URL: %j', (issuer) => {
    expect(() => access({ issuer })).toThrow(`issuer is '${issuer}': give a URL that begins with https://, such as 'https://login.example.com/tenant'`);
  });

  it.each(['https://login.example.com/?tenant=1', 'https://login.example.com/#tenant', 'https://user@login.example.com/'])('throws when its URL has a user, a query string or a fragment: %j', (issuer) => {
    expect(() => access({ issuer })).toThrow(`issuer is '${issuer}': give it without a user, a query string or a fragment`);
  });

  it('throws when the URL of its keys does not use TLS', () => {
    expect(() => access({ jwksUri: 'http://login.example.com/keys' })).toThrow('jwksUri is \'http://login.example.com/keys\': give a URL that begins with https://');
  });

  it('throws when it has no audience', () => {
    expect(() => access({ audience: [] })).toThrow('audience is empty, so every token would be rejected: add at least one audience');
  });

  it.each([
    [{ issuer: ISSUER }, `${ISSUER}/.well-known/jwks.json`],
    [{ issuer: `${ISSUER}/` }, `${ISSUER}/.well-known/jwks.json`],
    [{ jwksUri: 'https://keys.example.com/all?version=2' }, 'https://keys.example.com/all?version=2'],
  ] as [Partial<OpenIdConnectOptions>, string][])('reads the keys of %j from %s', (options, jwksUri) => {
    expect(environmentOf(synthesized(() => access(options)), 'authorize-token')).toMatchObject({ JWKS_URI: jwksUri, ISSUER: options.issuer ?? ISSUER });
  });

  it('can be known only at deployment', () => {
    const stack = newStack();
    const issuer = new CfnParameter(stack, 'Issuer').valueAsString;
    const audience = Token.asList({ Ref: 'Audience' });
    const template = templateOf({ access: access({ issuer, audience }) }, stack);
    expect(environmentOf(template, 'authorize-token').ISSUER).toEqual({ Ref: 'Issuer' });
  });
});

describe('a Lambda authorizer', () => {
  it.each([
    [undefined, ['token']],
    [['route.request.querystring.key', 'route.request.header.Origin'], ['token', 'key']],
    [['route.request.querystring.token'], ['token']],
  ])('uses the identity sources %j and the credential keys %j', (identitySource, keys) => {
    expect(ownAuthorizer(newStack(), identitySource)._credentialKeys).toEqual(keys);
  });

  it('has no identity source by default, and the configured ones when identitySource is set', () => {
    const identitySources = (sources?: string[]) => Object.values(synthesized((stack) => ownAuthorizer(stack, sources)).findResources('AWS::ApiGatewayV2::Authorizer'))
      .map(({ Properties }) => Properties.IdentitySource);
    expect(identitySources()).toEqual([[]]);
    expect(identitySources(['route.request.querystring.key'])).toEqual([['route.request.querystring.key']]);
  });

  it.each(['Authorization', 'method.request.header.Authorization', 'route.request.body.token'])('throws when an identity source is %j', (source) => {
    expect(() => ownAuthorizer(newStack(), [source])).toThrow(`identitySource has '${source}': use the form of 'route.request.querystring.key'`);
  });

  it('throws when an identity source is the key that names the query', () => {
    expect(() => ownAuthorizer(newStack(), ['route.request.querystring.query'])).toThrow('but the key \'query\' names the query in the URL of a connection: use another key');
  });
});

describe('one-time tickets', () => {
  it.each([
    [{ ticketValidity: Duration.millis(1500) }, 'ticketValidity is Duration.millis(1500): give an integer number of seconds from 1 second to 15 minutes'],
    [{ ticketValidity: Duration.seconds(0) }, 'ticketValidity is Duration.seconds(0): give an integer number of seconds from 1 second to 15 minutes'],
    [{ ticketValidity: Duration.minutes(16) }, 'ticketValidity is Duration.minutes(16): give an integer number of seconds from 1 second to 15 minutes'],
    [{ connectionDuration: Duration.hours(3) }, 'connectionDuration is Duration.hours(3): give an integer number of seconds from 1 second to 2 hours'],
    [{ ticketValidity: Duration.seconds(Token.asNumber({ Ref: 'Validity' })) }, 'ticketValidity must be known at synthesis, but is a token: write it out'],
  ])('throw when the options are %j', (options, problem) => {
    expect(() => ConnectionAccess.oneTimeTicket(options)).toThrow(problem);
  });

  it('use the configured validity and connection duration', () => {
    const access = ConnectionAccess.oneTimeTicket({ ticketValidity: Duration.minutes(15), connectionDuration: Duration.hours(2) });
    const template = synthesized(() => access);
    expect(environmentOf(template, 'issue-ticket')).toMatchObject({ TICKET_VALIDITY_SECONDS: '900' });
    expect(environmentOf(template, 'redeem-ticket')).toMatchObject({ CONNECTION_SECONDS: '7200' });
  });

  it('can be issued by a back end when grantIssueTicket is called', () => {
    const stack = newStack();
    const query = construct({ access: ConnectionAccess.oneTimeTicket() }, stack);
    query.grantIssueTicket(new iam.User(stack, 'BackEnd'));
    expect(allowedResources(Template.fromStack(stack), 'lambda:InvokeFunction')).toEqual(expect.arrayContaining([expect.stringMatching(/^\{QueryFunctionsIssueTicket\w+\.Arn}$/)]));
  });

  it('are not available with another access', () => {
    const stack = newStack();
    const query = construct({}, stack);
    expect(query.issueTicketFunction).toBeUndefined();
    expect(() => query.grantIssueTicket(new iam.User(stack, 'BackEnd'))).toThrow('access is not ConnectionAccess.oneTimeTicket(), so there are no tickets: remove grantIssueTicket(), or use access: ConnectionAccess.oneTimeTicket()');
  });
});

describe('a parameter that has the name of a credential', () => {
  const problem = 'the parameter \'token\' has the name of the key for credentials in the URL: use another name';

  it('is rejected', () => {
    expect(() => construct({ ...queryProps('SELECT :token', 'token'), access: ConnectionAccess.oneTimeTicket() })).toThrow(problem);
  });

  it('is rejected in an added query', () => {
    const query = construct({ access: ConnectionAccess.oneTimeTicket() });
    expect(() => query.addQuery('more', queryProps('SELECT :token', 'token'))).toThrow(problem);
  });

  it('is accepted when the access uses no token', () => {
    expect(() => construct(queryProps('SELECT :token', 'token'))).not.toThrow();
  });
});

describe('allowed origins', () => {
  it.each(['authorize-token', 'redeem-ticket'])('are passed to %s', (entry) => {
    const kind = entry === 'redeem-ticket' ? 'one-time tickets' : 'an OpenID Connect issuer';
    const stack = newStack();
    const template = templateOf({ access: KINDS[kind](stack), allowedOrigins: ['https://app.example.com'] }, stack);
    expect(environmentOf(template, entry)).toMatchObject({ ALLOWED_ORIGINS: '["https://app.example.com"]' });
  });
});

it.each(['an OpenID Connect issuer', 'one-time tickets'])('passes the claim names of all queries, including added ones, to the function when access is %s', (kind) => {
  const stack = newStack();
  const access = KINDS[kind](stack);
  const query = construct({ ...queryProps('SELECT :mine'), parameters: { mine: QueryParameter.fromClaim('tenant_id') }, access }, stack);
  query.addQuery('more', { ...queryProps('SELECT :groups'), parameters: { groups: QueryParameter.fromClaim('cognito:groups') } });
  const entry = kind === 'one-time tickets' ? 'issue-ticket' : 'authorize-token';
  expect(environmentOf(Template.fromStack(stack), entry)).toMatchObject({ CLAIM_NAMES: '["cognito:groups","tenant_id"]' });
});

it('creates an authorizer for each construct when two constructs share one access', () => {
  const stack = newStack('Stack', new App());
  const access = ConnectionAccess.oneTimeTicket();
  const queries = ['One', 'Two'].map((id) => new RedshiftWebSocketQuery(stack, id, { ...LEAST_PROPS, access }));
  Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Authorizer', 2);
  expect(queries[0].issueTicketFunction).not.toBe(queries[1].issueTicketFunction);
});

function routeOf(template: Template, routeKey: string): Record<string, unknown> {
  const [route] = Object.values(template.findResources('AWS::ApiGatewayV2::Route', { Properties: { RouteKey: routeKey } }));
  return route.Properties;
}
