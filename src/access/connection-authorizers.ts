import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { IWebSocketRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { TicketTimes } from './connection-access-validation';
import { AuthorizeTokenFunction } from '../functions/authorize-token-function';
import type { FunctionDefaults } from '../functions/function-defaults';
import { IssueTicketFunction } from '../functions/issue-ticket-function';
import { RedeemTicketFunction } from '../functions/redeem-ticket-function';
import type { DefinedQueries } from '../query/defined-queries';
import type { IssueTicketEnvironment, RedeemTicketEnvironment, TokenEnvironment } from '../shared/function-environment';
import { TICKET_PARTITION_PREFIX } from '../shared/table-keys';

/** Parts of the construct that an access uses. */
export interface AccessBinding {
  readonly construct: Construct;
  /** Scope of the functions. */
  readonly functions: Construct;
  readonly functionDefaults: FunctionDefaults;
  readonly table: dynamodb.Table;
  readonly queries: DefinedQueries;
  /** JSON list; undefined for all. */
  readonly allowedOrigins?: string;
}

/** Parts that an access creates. */
export interface BoundAccess {
  readonly authorizer: IWebSocketRouteAuthorizer;
  readonly issueTicketFunction?: lambda.Function;
}

/** Accepted tokens. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audience: string[];
  readonly tokenUse?: 'access' | 'id';
}

/** Enough to fetch the issuer's keys twice, and less than the timeout of API Gateway. */
const AUTHORIZER_TIMEOUT = Duration.seconds(10);

/** In MB. CPU grows with memory, and a user waits for the connection. */
const MEMORY_SIZE = 256;

const SETTINGS = { timeout: AUTHORIZER_TIMEOUT, memorySize: MEMORY_SIZE };

/** A function that verifies tokens of an issuer, with permission only to write logs. */
export function tokenAuthorizer(binding: AccessBinding, { issuer, jwksUri, audience, tokenUse }: TokenIssuer): BoundAccess {
  const { functions, functionDefaults, queries, allowedOrigins } = binding;
  const role = functionDefaults.createRole(functions, 'AuthorizeTokenRole', 'Verifies the tokens of WebSocket clients');
  const settings: TokenEnvironment = {
    ISSUER: issuer,
    JWKS_URI: jwksUri,
    AUDIENCE: Stack.of(functions).toJsonString(audience),
    CLAIM_NAMES: claimNamesOf(queries),
    ...tokenUse === undefined ? {} : { TOKEN_USE: tokenUse },
    ...allowedOrigins === undefined ? {} : { ALLOWED_ORIGINS: allowedOrigins },
  };
  const handler = new AuthorizeTokenFunction(functions, 'AuthorizeToken', {
    description: 'Verifies the tokens of clients that open WebSocket connections',
    ...SETTINGS,
    ...functionDefaults.options(functions, 'AuthorizeToken', role),
    environment: { ...settings },
  });
  return { authorizer: authorizerBy(handler) };
}

/** A function that issues tickets to a back end, and a function that redeems them. */
export function ticketAuthorizer(binding: AccessBinding, times: TicketTimes): BoundAccess {
  return { authorizer: authorizerBy(redeemTicketFunction(binding, times)), issueTicketFunction: issueTicketFunction(binding, times) };
}

function redeemTicketFunction(binding: AccessBinding, { connectionSeconds }: TicketTimes): lambda.Function {
  const { functions, functionDefaults, table, allowedOrigins } = binding;
  const role = ticketRole(binding, 'RedeemTicket', 'dynamodb:DeleteItem', 'Redeems one-time tickets of WebSocket clients');
  const settings: RedeemTicketEnvironment = {
    TABLE_NAME: table.tableName,
    ...connectionSeconds === undefined ? {} : { CONNECTION_SECONDS: String(connectionSeconds) },
    ...allowedOrigins === undefined ? {} : { ALLOWED_ORIGINS: allowedOrigins },
  };
  return new RedeemTicketFunction(functions, 'RedeemTicket', {
    description: 'Redeems the one-time tickets of clients that open WebSocket connections',
    ...SETTINGS,
    ...functionDefaults.options(functions, 'RedeemTicket', role),
    environment: { ...settings },
  });
}

function issueTicketFunction(binding: AccessBinding, { validitySeconds }: TicketTimes): lambda.Function {
  const { functions, functionDefaults, table, queries } = binding;
  const role = ticketRole(binding, 'IssueTicket', 'dynamodb:PutItem', 'Issues one-time tickets for WebSocket clients');
  const settings: IssueTicketEnvironment = {
    TABLE_NAME: table.tableName,
    CLAIM_NAMES: claimNamesOf(queries),
    TICKET_VALIDITY_SECONDS: String(validitySeconds),
  };
  return new IssueTicketFunction(functions, 'IssueTicket', {
    description: 'Issues one-time tickets for WebSocket connections',
    ...SETTINGS,
    ...functionDefaults.options(functions, 'IssueTicket', role),
    environment: { ...settings },
  });
}

/** A role with permission for one action on tickets, and on no other items of the table. */
function ticketRole({ functions, functionDefaults, table }: AccessBinding, name: string, action: string, description: string): iam.Role {
  const role = functionDefaults.createRole(functions, `${name}Role`, description);
  functionDefaults.grantKeyUse(role, 'items');
  role.addToPolicy(new iam.PolicyStatement({
    actions: [action],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${TICKET_PARTITION_PREFIX}*`] } },
  }));
  return role;
}

/**
 * Without an identity source, because a client can send its token in one of two places; API Gateway then invokes the function for every connect
 * request.
 */
function authorizerBy(handler: lambda.IFunction): WebSocketLambdaAuthorizer {
  return new WebSocketLambdaAuthorizer('Authorizer', handler, { identitySource: [] });
}

/** Queries can be added until the app is synthesized. */
function claimNamesOf(queries: DefinedQueries): string {
  return Lazy.string({ produce: () => JSON.stringify(queries.claimNames()) });
}
