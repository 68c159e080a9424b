import { Stack, Token, Tokenization } from 'aws-cdk-lib';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import { validAllowedOrigins } from '../access/allowed-origins';
import type { ConnectionAccess } from '../access/connection-access';
import { describeValue } from '../cdk/prop-checks';
import { maxQueriesPerCaller } from '../query/query-limits';
import type { RedshiftWebSocketQueryProps } from '../redshift-websocket-query-props';
import type { SubmitEnvironment, ConnectEnvironment, StatementEnvironment, TableEnvironment } from '../shared/function-environment';

const DEFAULT_THROTTLE = { rateLimit: 1000, burstLimit: 2000 };

/** What the functions are told of connections: who may open them, and how much they may ask. */
export class ConnectionSettings {
  /** Of the stage. */
  public readonly throttle: Required<apigatewayv2.ThrottleSettings>;
  /** A JSON list; undefined for all. */
  public readonly allowedOrigins?: string;
  private readonly maxQueriesPerCaller: string;

  constructor(scope: IConstruct, private readonly access: ConnectionAccess, props: RedshiftWebSocketQueryProps) {
    const { throttle = {}, allowedOrigins } = props;
    this.throttle = {
      rateLimit: validCount('rateLimit', throttle.rateLimit ?? DEFAULT_THROTTLE.rateLimit),
      burstLimit: validCount('burstLimit', throttle.burstLimit ?? DEFAULT_THROTTLE.burstLimit),
    };
    this.allowedOrigins = allowedOrigins && Stack.of(scope).toJsonString(validAllowedOrigins(allowedOrigins));
    this.maxQueriesPerCaller = maxQueriesPerCaller(props.maxQueriesPerCaller);
  }

  public get identifiesCallers(): boolean {
    return this.access._callerIdentity !== undefined;
  }

  /** For every function. */
  public tableEnvironment(): Pick<TableEnvironment, 'CALLER_IDENTITY'> {
    const { _callerIdentity } = this.access;
    return _callerIdentity === undefined ? {} : { CALLER_IDENTITY: _callerIdentity };
  }

  /** For OnConnect and OnMessage. */
  public submitEnvironment(): Omit<SubmitEnvironment, keyof StatementEnvironment> {
    return {
      ...(this.identifiesCallers ? { MAX_QUERIES_PER_CALLER: this.maxQueriesPerCaller } : {}),
      MESSAGES_PER_SECOND: Tokenization.stringifyNumber(this.throttle.rateLimit),
      MESSAGE_BURST: Tokenization.stringifyNumber(this.throttle.burstLimit),
    };
  }

  /** For OnConnect alone. */
  public connectEnvironment(): Omit<ConnectEnvironment, keyof SubmitEnvironment> {
    const { _credentialKeys } = this.access;
    return {
      ...(this.allowedOrigins === undefined ? {} : { ALLOWED_ORIGINS: this.allowedOrigins }),
      ...(_credentialKeys.length === 0 ? {} : { CREDENTIAL_KEYS: JSON.stringify(_credentialKeys) }),
    };
  }
}

/** A number known only at deployment passes unchecked. */
function validCount(name: string, count: number): number {
  if (!Token.isUnresolved(count) && !(Number.isSafeInteger(count) && count >= 1)) {
    throw new Error(`${name} of throttle is ${describeValue(count)}: give a whole number of at least 1`);
  }
  return count;
}
