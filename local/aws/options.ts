import type { WebSocketLimits } from './api-gateway/limits';
import type { EventBridgeEvent, EventDeliveryFaults } from './event-bridge/event-bus';
import type { TraceEvent } from './telemetry';

/** What the Redshift Data API needs of the rest of the local AWS. */
export interface RedshiftDataContext {
  readonly region: string;
  readonly accountId: string;
  /** The assumed-role ARN behind an access key. Throws for an unknown key. */
  roleOf(accessKeyId: string): string;
  /** Puts an event on the default bus. */
  putEvent(event: EventBridgeEvent): void;
}

/** A service that listens on this machine. */
export interface RunningService {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** How to start the local AWS. */
export interface LocalAwsOptions {
  /** A cdk.out folder. */
  readonly assemblyDirectory: string;

  /** @default - the only stack of the assembly */
  readonly stackName?: string;

  /** The port for pages and WebSocket APIs. @default - any free one */
  readonly port?: number;

  /** @default us-east-1 */
  readonly region?: string;

  /** Starts the Redshift Data API. */
  readonly redshiftData: (context: RedshiftDataContext) => Promise<RunningService>;

  /** Starts what speaks DynamoDB's protocol, without tables. @default - dynalite */
  readonly dynamoDb?: () => Promise<RunningService>;

  /** What goes wrong between the event bus and the queues. @default - nothing */
  readonly eventDelivery?: EventDeliveryFaults;

  /** Takes a line at a time: what functions write, failed invocations, dead letters. @default - nobody listens */
  readonly log?: (line: string) => void;

  /** Takes what happens inside. @default - nobody listens */
  readonly trace?: (event: TraceEvent) => void;

  /** Other limits of WebSocket APIs than those of AWS. @default - AWS's */
  readonly webSocketLimits?: Partial<WebSocketLimits>;

  /** How often expired items are removed, in milliseconds. @default - a minute */
  readonly timeToLiveInterval?: number;

  /**
   * The KMS keys of secrets that have one of the customer's, by the name or ARN of the secret: signing in needs them too.
   * @default - secrets have the key that AWS manages
   */
  readonly secretKeys?: Readonly<Record<string, string>>;

  /**
   * The address of an issuer that stands in for the Cognito user pools of the template, such as `https://127.0.0.1:8443`; they are not emulated.
   * @default - a template with a user pool is refused
   */
  readonly userPoolProviderUrl?: string;

  /** A file with certificates, in PEM, of authorities that the functions trust beside those that Node.js knows. @default - none */
  readonly extraCaCertificates?: string;
}
