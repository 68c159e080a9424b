import type { DeploymentPlan } from './deployments';
import type { Fault } from './faults';

/** The number of a query request in `QUERY_REQUESTS`. */
export type QueryRequestNumber = 0 | 1 | 2 | 3 | 4;

/** All events of one simulation; times are in milliseconds unless stated otherwise. */
export interface Scenario {
  /** Determines what no plan contains: the duration of each call, and the order in which messages arrive. */
  readonly random: number;
  readonly settings: Settings;
  readonly clients: readonly ClientPlan[];
  /** The outcomes of the statements, in the order in which they are started; then again from the first. */
  readonly statements: readonly StatementPlan[];
  /** After how long each copy of a statement's event comes; none for an event that is lost. In the order in which statements end. */
  readonly events: readonly (readonly number[])[];
  readonly faults: readonly Fault[];
  /** The messages that the queue delivers twice. */
  readonly copies: readonly MessageCopy[];
  readonly throttles?: readonly InvocationThrottle[];
  /** How much longer than usual each post takes, at most. Omitted, no longer. */
  readonly postDelayMs?: number;
  /** How far the clock of a function is off, either way, at most. Omitted, all clocks agree. */
  readonly clockSkewMs?: number;
  /** Omitted, all invocations have the same version. */
  readonly deployment?: DeploymentPlan;
}

/** A period in which Lambda throttles invocations, so that none of them runs. */
export interface InvocationThrottle {
  /** Counted from the beginning. */
  readonly after: number;
  readonly lasts: number;
  /** Whether only the invocations of SendMessage are throttled, as by reserved concurrency, or those of all functions. */
  readonly onlySendMessage: boolean;
}

export interface Settings {
  readonly timeoutSeconds: number;
  readonly resultReuseSeconds: number;
  readonly resultRetentionSeconds: number;
  readonly maxQueriesPerConnection: number;
  /** If set, clients authenticate, and each caller can have this number of queries in flight. */
  readonly maxQueriesPerCaller?: number;
  readonly maxRows?: number;
  readonly maxResultBytes?: number;
  /** How many statements may be active at once. */
  readonly activeStatements: number;
  /** The share of the account's Data API rates that others don't use: 1 for all. */
  readonly shareOfRates: number;
  /** How long OnMessage waits for the end of a statement. */
  readonly inlineWaitSeconds: number;
}

export interface StatementPlan {
  /** Its outcome: rows, no result set as DDL, a failure, a rejected start, or an end by someone else. */
  readonly outcome: 'rows' | 'none' | 'fails' | 'rejected' | 'aborted';
  readonly runsFor: number;
  readonly rows: number;
  /** The characters of the widest column. */
  readonly width: number;
  /** Whether that column compresses to nearly nothing, or hardly. */
  readonly compresses: boolean;
  readonly rowsOfPage: number;
  /** How long it runs after it was canceled. */
  readonly cancelTakes: number;
}

export interface MessageCopy {
  /** Which of the messages that were sent, counted from 0. */
  readonly nth: number;
  readonly after: number;
}

export interface ClientPlan {
  readonly startsAfter: number;
  /** One of two callers, if clients authenticate. */
  readonly caller: 0 | 1;
  /** One after the other: the next begins so long after the end of the one before. */
  readonly connections: readonly ConnectionPlan[];
}

export interface ConnectionPlan {
  /** How long the client waits before it connects. */
  readonly after: number;
  /** The query in the URL. */
  readonly queryRequest?: QueryRequestNumber;
  /** How long after `$connect` has returned until posts reach the client. */
  readonly opensAfter: number;
  /** How long the session of the client is valid, when clients authenticate; without an expiry when omitted. */
  readonly sessionLasts?: number;
  readonly commands: readonly Command[];
  /** When the client disappears, counted from when the connection opened; if omitted, it stays. */
  readonly end?: EndPlan;
  /** When the client's buffer is full, counted from when the connection opened. */
  readonly full?: { readonly after: number; readonly lasts: number };
}

export interface EndPlan {
  readonly after: number;
  /** How long posts seem to succeed after it. */
  readonly goneAfter: number;
  /** When each `$disconnect` comes; none when it is lost. */
  readonly disconnects: readonly number[];
}

export type Command = SubmitCommand | CancelCommand | { readonly type: 'ping'; readonly after: number };

export interface SubmitCommand {
  readonly type: 'submit';
  /** Counted from when the connection opened. */
  readonly after: number;
  readonly id: string;
  readonly queryRequest: QueryRequestNumber;
  readonly maxAge?: number;
  readonly window?: WindowPlan;
  /** Whether it accepts compressed messages. */
  readonly takesGzip?: boolean;
  /** Whether it is submitted although the id is in use. */
  readonly reusesId: boolean;
  /** How often the client submits the same query again, under the same id, as soon as it has ended. */
  readonly repeats: number;
}

export interface WindowPlan {
  readonly messages: number;
  /** How long the client takes before it allows more. */
  readonly pause: number;
  /** After so many messages the client allows no more. */
  readonly stopsAfter?: number;
}

export interface CancelCommand {
  readonly type: 'cancel';
  readonly after: number;
  readonly id: string;
}
