import type { ConnectionState } from './connection/connector';
import { createSettings } from './options';
import type { ClientOptions, ServiceUrl } from './options';
import { SubmittedQuery } from './query/query';
import type { Query } from './query/query';
import { parseArguments } from './query/query-arguments';
import type { AnyQueries, QueriesLike, QueryArguments, QueryOptions, RowOf } from './query/query-types';
import type { RowFormat } from './rows/row-values';
import { Session } from './session/session';
import type { ConnectionLimits } from '../protocol/messages';

/**
 * Submits queries on one connection, which opens when the first query needs it.
 *
 * @example
 * client.onStateChange(({ name }) => console.log(name));
 * const { rows } = await client.query('by_hour', { day: '2015-01-02' });
 * client.close();
 */
export interface Client<Queries extends QueriesLike<Queries> = AnyQueries> {
  /** The state of the connection. */
  readonly state: ConnectionState;

  /**
   * Calls the listener when `state` changes.
   *
   * @returns a function that removes the listener
   */
  onStateChange(listener: (state: ConnectionState) => void): () => void;

  /**
   * Submits a query by its name. Never throws: the query rejects with a TypeError, RangeError or QueryError if an argument is invalid.
   *
   * @param parametersAndOptions the values of the parameters, which are sent separately from the SQL, and the options of the query
   * @returns the query; await it for the result, or iterate over it for batches of rows
   */
  query<Name extends keyof Queries & string, Format extends RowFormat = 'object'>(
    name: Name,
    ...parametersAndOptions: QueryArguments<Queries[Name], QueryOptions<Format>>
  ): Query<RowOf<Queries[Name], Format>>;
  /** Submits the default query. */
  query<Format extends RowFormat = 'object'>(
    ...parametersAndOptions: 'default' extends keyof Queries ? QueryArguments<Queries['default'], QueryOptions<Format>> : never
  ): Query<'default' extends keyof Queries ? RowOf<Queries['default'], Format> : never>;

  /**
   * Requests the limits of a connection: the maximum number of queries in flight, the maximum size of a message, and the throttle of the stage.
   *
   * @returns the limits; undefined if the service has an earlier version that doesn't send them. Rejects with a ConnectionError if the client can't
   * connect or the service doesn't respond
   */
  limits(): Promise<ConnectionLimits | undefined>;

  /** Connects at once, before the first query or the next scheduled attempt. */
  connect(): void;

  /** Closes the connection permanently. All queries that have not ended reject with a ConnectionError `closed`. */
  close(): void;
}

/**
 * Creates a client of a service. It connects when you submit the first query. When the connection is lost, it reconnects and resumes the results.
 * Throws a TypeError or RangeError if an option is invalid.
 *
 * @param url the `url` of the construct, or a function that returns it for each attempt to connect
 * @param options the options of the client
 * @returns the client
 * @example
 * import { connect } from 'redshift-websocket-client';
 *
 * const client = connect('wss://abc123.execute-api.us-east-1.amazonaws.com/prod');
 * const { rows } = await client.query({ trip_month: '2015-01' });
 */
export function connect<Queries extends QueriesLike<Queries> = AnyQueries>(url: ServiceUrl, options: ClientOptions = {}): Client<Queries> {
  return new WebSocketClient(url, options) as unknown as Client<Queries>;
}

class WebSocketClient {
  private readonly session: Session;
  private readonly listeners = new Set<(state: ConnectionState) => void>();

  constructor(url: ServiceUrl, private readonly options: ClientOptions) {
    this.session = new Session(createSettings(url, options), () => this.notifyListeners());
    if (options.idleTimeout === Infinity) {
      this.connect();
    }
  }

  public get state(): ConnectionState {
    return this.session.connector.state;
  }

  public onStateChange(listener: (state: ConnectionState) => void): () => void {
    const ownListener = (state: ConnectionState): void => listener(state);
    this.listeners.add(ownListener);
    return () => this.listeners.delete(ownListener);
  }

  public query(...args: unknown[]): Query<unknown> {
    try {
      const { request, options } = parseArguments(args);
      return new SubmittedQuery(this.session, request, this.options, options);
    } catch (error) {
      return new SubmittedQuery(this.session, { parameters: {} }, this.options, { signal: AbortSignal.abort(error) });
    }
  }

  public async limits(): Promise<ConnectionLimits | undefined> {
    return this.session.limits();
  }

  public connect(): void {
    this.session.connector.connect();
  }

  public close(): void {
    this.session.close();
  }

  private notifyListeners(): void {
    for (const listener of this.listeners) {
      try {
        listener(this.state);
      } catch (error) {
        // An exception of one listener must not affect the other listeners or the client.
        console.error(error);
      }
    }
  }
}
