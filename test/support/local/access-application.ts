import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { CfnElement } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { WebSocket } from 'ws';
import { startLocalApplication } from './local-application';
import type { LocalApplication } from './local-application';
import type { TestIssuer } from './test-issuer';
import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';
import { CognitoTokenUse, ConnectionAccess, QueryParameter, SqlTemplate } from '../../../src';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../../../src/protocol/connect-request';

export const AUDIENCE = 'trips';
export const ORIGIN = 'https://app.example.com';

/** Allows callers with the key `right`, and otherwise does as it is configured. */
const OWN_AUTHORIZER = `
exports.handler = async ({ methodArn, queryStringParameters: { key } }) => {
  if (key === 'unauthorized') throw new Error('Unauthorized');
  if (key === 'broken') throw new Error('out of order');
  const Statement = [{ Action: 'execute-api:Invoke', Effect: key === 'wrong' ? 'Deny' : 'Allow', Resource: key === 'elsewhere' ? methodArn + 'ed' : methodArn }];
  const context = key === 'nested' ? { tenant: { id: 7 } } : { tenant_id: 7, admin: true };
  return { principalId: 'someone', policyDocument: { Version: '2012-10-17', Statement }, context };
};`;

/** A stack with a construct for each kind of access. */
export interface AccessApplication extends LocalApplication {
  /** The app client of the user pool, whose tokens the issuer makes. */
  readonly userPoolClientId: string;
  /** The logical ids of roles, users and the function that issues tickets, by the ids of their constructs. */
  readonly logicalIds: Readonly<Record<string, string>>;
  /** The name of the table of a construct. */
  tableName(id: string): string;
  /** Issues a ticket as a back end does. */
  issueTicket(payload: unknown): Promise<string>;
}

export const KINDS = ['Iam', 'Cognito', 'CognitoId', 'Issuer', 'Unreachable', 'Own', 'Ticket'] as const;

/** Where nothing listens. */
const UNREACHABLE = 'https://127.0.0.1:1';

export async function startAccessApplication(issuer: TestIssuer, engine: SqlEngine): Promise<AccessApplication> {
  const ids: Record<string, string> = {};
  let client: cognito.UserPoolClient | undefined;
  const accessOf = (id: string, stack: Stack): ConnectionAccess => {
    const pool = () => stack.node.tryFindChild('Users') as cognito.UserPool ?? new cognito.UserPool(stack, 'Users');
    switch (id) {
      case 'Cognito':
      case 'CognitoId':
        client ??= pool().addClient('Page');
        return ConnectionAccess.cognitoUserPool(pool(), { userPoolClients: [client], tokenUse: id === 'Cognito' ? CognitoTokenUse.ACCESS : CognitoTokenUse.ID });
      case 'Issuer':
        return ConnectionAccess.openIdConnect({ issuer: issuer.url, audience: [AUDIENCE] });
      case 'Unreachable':
        return ConnectionAccess.openIdConnect({ issuer: UNREACHABLE, audience: [AUDIENCE] });
      case 'Own':
        return ConnectionAccess.lambdaAuthorizer(new lambda.Function(stack, 'OwnAuthorizer', {
          runtime: lambda.Runtime.NODEJS_LATEST,
          handler: 'index.handler',
          code: lambda.Code.fromInline(OWN_AUTHORIZER),
        }), { identitySource: ['route.request.querystring.key'] });
      case 'Ticket':
        return ConnectionAccess.oneTimeTicket({ connectionDuration: Duration.hours(1) });
      default:
        return ConnectionAccess.iam();
    }
  };
  const queries = Object.fromEntries(KINDS.map((id) => [id, ['SELECT CAST(:n AS INTEGER) AS n', 'n'] as const]));
  const options = { extraCaCertificates: issuer.certificateFile, userPoolProviderUrl: issuer.url };
  const props = (id: string, stack: Stack) => ({ access: accessOf(id, stack), allowedOrigins: [ORIGIN] });
  const application = await startLocalApplication(queries, engine, options, props, (query) => {
    const stack = Stack.of(query);
    query.addQuery('mine', {
      sql: SqlTemplate.inline('SELECT CAST(:mine AS VARCHAR(200)) AS mine'),
      parameters: { mine: QueryParameter.fromClaim(query.node.id === 'Iam' ? 'userArn' : 'tenant_id') },
    });
    new CfnOutput(stack, `${query.node.id}TableName`, { value: query.table.tableName });
    if (query.issueTicketFunction !== undefined) {
      ids.IssueTicket = logicalId(query.issueTicketFunction);
      const backEnd = new iam.User(stack, 'BackEnd');
      query.grantIssueTicket(backEnd);
      new CfnOutput(stack, 'BackEndArn', { value: backEnd.userArn });
      new CfnOutput(stack, 'IssueTicketArn', { value: query.issueTicketFunction.functionArn });
    }
    if (query.node.id === 'Cognito') {
      new CfnOutput(stack, 'UserPoolClientId', { value: client!.userPoolClientId });
    }
    if (query.node.id === 'Iam') {
      const [user, role] = [new iam.User(stack, 'Welcome'), new iam.Role(stack, 'WelcomeRole', { assumedBy: new iam.AccountRootPrincipal() })];
      [user, role].forEach((grantee) => query.grantConnect(grantee));
      new CfnOutput(stack, 'StrangerArn', { value: new iam.User(stack, 'Stranger').userArn });
      ['Welcome', 'WelcomeRole', 'Stranger'].forEach((id) => { ids[id] = logicalId(stack.node.findChild(id)); });
    }
  });
  return {
    ...application,
    userPoolClientId: application.aws.outputs.UserPoolClientId,
    logicalIds: ids,
    tableName: (id) => application.aws.outputs[`${id}TableName`],
    issueTicket: async (payload) => {
      const result = await application.aws.invoke(ids.IssueTicket, payload);
      if (result.error !== undefined) {
        throw new Error(result.error.errorMessage);
      }
      return JSON.parse(result.payload).ticket;
    },
  };
}

/** What a client brings beside the address. */
export interface ConnectOptions {
  readonly token?: string;
  readonly subprotocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The subprotocols that carry a token. */
export function subprotocolsWith(token: string): string[] {
  return [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL_PREFIX}${token}`];
}

/** Tries to connect; returns the status of the response, which is 101 when the connection was opened. */
export async function tryToConnect(url: string, { token, headers = {}, ...options }: ConnectOptions = {}): Promise<number> {
  const { subprotocols = token === undefined ? [] : subprotocolsWith(token) } = options;
  const socket = new WebSocket(url, [...subprotocols], { headers });
  const opened = once(socket, 'open').then(() => 101);
  const rejected = once(socket, 'unexpected-response').then(([, response]) => (response as IncomingMessage).statusCode!);
  try {
    return await Promise.race([opened, rejected]);
  } finally {
    opened.catch(() => undefined);
    socket.on('error', () => undefined);
    socket.terminate();
  }
}

function logicalId(resource: IConstruct): string {
  return Stack.of(resource).getLogicalId(resource.node.defaultChild as CfnElement);
}
