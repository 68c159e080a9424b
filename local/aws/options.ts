import type { WebSocketLimits } from './api-gateway/limits';
import type { EventBridgeEvent, EventDeliveryFaults } from './event-bridge/event-bus';
import type { TraceEvent } from './telemetry';

/** The services that the Redshift Data API uses. */
export interface RedshiftDataContext {
  readonly region: string;
  readonly accountId: string;
  /** Finds the ARN of a caller by access key ID. Throws if the key is unknown. */
  roleOf(accessKeyId: string): string;
  /** Sends an event to the default event bus. */
  putEvent(event: EventBridgeEvent): void;
}

/** A service that listens on this machine. */
export interface RunningService {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** What a proxy of the AWS APIs uses. */
export interface ProxyContext {
  /** Endpoint of the AWS APIs. */
  readonly endpoint: string;
  /** Finds the ARN of a caller by access key ID. Throws if the key is unknown. */
  roleOf(accessKeyId: string): string;
}

/** Options of the local AWS. */
export interface LocalAwsOptions {
  /** Directory of the cloud assembly (cdk.out). */
  readonly assemblyDirectory: string;

  /**
   * Name of the stack.
   * @default - the only stack of the assembly
   */
  readonly stackName?: string;

  /** Port of the page and of the WebSocket APIs. @default - any free port */
  readonly port?: number;

  /** @default us-east-1 */
  readonly region?: string;

  /** Starts the Redshift Data API. */
  readonly redshiftData: (context: RedshiftDataContext) => Promise<RunningService>;

  /** Starts an emulator of DynamoDB without tables. @default - dynalite */
  readonly dynamoDb?: () => Promise<RunningService>;

  /** Faults in the delivery of events to queues. @default - no faults */
  readonly eventDelivery?: EventDeliveryFaults;

  /** Starts a proxy between the functions and the AWS APIs, such as to delay or count calls. @default - no proxy */
  readonly functionProxy?: (context: ProxyContext) => Promise<RunningService>;

  /** Minimum duration of the initialization of a function, in milliseconds. @default 0 */
  readonly minInitMilliseconds?: number;

  /** Called with each log line: output of the functions, failed invocations, dead letters. @default - no logs */
  readonly log?: (line: string) => void;

  /** Called with each trace event. @default - no trace */
  readonly trace?: (event: TraceEvent) => void;

  /** Limits of WebSocket APIs. @default - the limits of AWS */
  readonly webSocketLimits?: Partial<WebSocketLimits>;

  /** Interval at which expired items are deleted, in milliseconds. @default 60000 */
  readonly timeToLiveInterval?: number;

  /**
   * Customer managed KMS keys of secrets, by the name or ARN of the secret.
   * @default - secrets are encrypted with the AWS managed key
   */
  readonly secretKeys?: Readonly<Record<string, string>>;

  /**
   * URL of an issuer that replaces the Cognito user pools of the template, such as `https://127.0.0.1:8443`. User pools are not emulated.
   * @default - templates with user pools are not supported
   */
  readonly userPoolProviderUrl?: string;

  /** Path of a PEM file with additional CA certificates that the functions trust. @default - none */
  readonly extraCaCertificates?: string;
}
