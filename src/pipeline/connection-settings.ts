import { Stack, Token, Tokenization } from 'aws-cdk-lib';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import { validAllowedOrigins } from '../access/allowed-origins';
import type { ConnectionAccess } from '../access/connection-access';
import { describeValue } from '../cdk/prop-checks';
import { maxQueriesPerCaller, maxQueriesPerConnection } from '../query/query-limits';
import type { RedshiftWebSocketQueryProps } from '../redshift-websocket-query-props';
import type { SubmitEnvironment, ConnectEnvironment, StatementEnvironment, TableEnvironment } from '../shared/function-environment';

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
const STAGE_NAME = /^[\w-]{1,128}$/;

const DEFAULT_THROTTLE = { rateLimit: 1000, burstLimit: 2000 };

/** Settings of connections: who can connect, the throttle of the stage, and the limits of a connection and a caller. */
export class ConnectionSettings {
  /** Throttle of the stage. */
  public readonly throttle: Required<apigatewayv2.ThrottleSettings>;
  /** JSON list; undefined for all. */
  public readonly allowedOrigins?: string;
  public readonly stageName: string;
  public readonly maxQueriesPerConnection: string;
  private readonly maxQueriesPerCaller: string;

  constructor(scope: IConstruct, private readonly access: ConnectionAccess, props: RedshiftWebSocketQueryProps) {
    const { throttle = {}, allowedOrigins } = props;
    this.throttle = {
      rateLimit: validCount('rateLimit', throttle.rateLimit ?? DEFAULT_THROTTLE.rateLimit),
      burstLimit: validCount('burstLimit', throttle.burstLimit ?? DEFAULT_THROTTLE.burstLimit),
    };
    this.allowedOrigins = allowedOrigins && Stack.of(scope).toJsonString(validAllowedOrigins(allowedOrigins));
    this.stageName = validStageName(props.stageName);
    this.maxQueriesPerConnection = maxQueriesPerConnection(props.maxQueriesPerConnection);
    this.maxQueriesPerCaller = maxQueriesPerCaller(props.maxQueriesPerCaller);
  }

  public get identifiesCallers(): boolean {
    return this.access._callerIdentity !== undefined;
  }

  /** Environment variables of every function. */
  public tableEnvironment(): Pick<TableEnvironment, 'CALLER_IDENTITY'> {
    const { _callerIdentity } = this.access;
    return _callerIdentity === undefined ? {} : { CALLER_IDENTITY: _callerIdentity };
  }

  /** Environment variables of OnConnect and OnMessage. */
  public submitEnvironment(): Omit<SubmitEnvironment, keyof StatementEnvironment> {
    return {
      ...(this.identifiesCallers ? { MAX_QUERIES_PER_CALLER: this.maxQueriesPerCaller } : {}),
      MESSAGES_PER_SECOND: Tokenization.stringifyNumber(this.throttle.rateLimit),
      MESSAGE_BURST: Tokenization.stringifyNumber(this.throttle.burstLimit),
    };
  }

  /** Environment variables of OnConnect. */
  public connectEnvironment(): Omit<ConnectEnvironment, keyof SubmitEnvironment> {
    const { _credentialKeys } = this.access;
    return {
      ...(this.allowedOrigins === undefined ? {} : { ALLOWED_ORIGINS: this.allowedOrigins }),
      ...(_credentialKeys.length === 0 ? {} : { CREDENTIAL_KEYS: JSON.stringify(_credentialKeys) }),
    };
  }
}

function validStageName(stageName = 'prod'): string {
  if (!Token.isUnresolved(stageName) && !STAGE_NAME.test(stageName)) {
    throw new Error(`stageName is ${describeValue(stageName)}: use 1 to 128 letters, digits, hyphens and underscores`);
  }
  return stageName;
}

/** A number known only at deployment passes unchecked. */
function validCount(name: string, count: number): number {
  if (!Token.isUnresolved(count) && !(Number.isSafeInteger(count) && count >= 1)) {
    throw new Error(`throttle.${name} is ${describeValue(count)}: give an integer of at least 1`);
  }
  return count;
}
