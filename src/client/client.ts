import { readArguments } from './arguments';
import type { ConnectionState } from './connector';
import { settingsOf } from './options';
import type { Address, ClientOptions } from './options';
import type { AnyQueries, QueriesLike, QueryArguments, QueryOptions, RowOf } from './queries';
import { RunningQuery } from './query';
import type { Query } from './query';
import { Session } from './session';
import type { RowFormat } from './values';
import type { ConnectionBounds } from '../protocol/messages';

/** Asks queries on one connection, which it opens when there is something to ask. */
export interface Client<Queries extends QueriesLike<Queries> = AnyQueries> {
  /** What the connection is doing. */
  readonly state: ConnectionState;

  /** Calls the listener whenever `state` changes, until the function is called that it gives back. */
  onStateChange(listener: (state: ConnectionState) => void): () => void;

  /** Submits the query of a name. The values of parameters travel as JSON, apart from the SQL. Never throws: with invalid arguments the query rejects. */
  query<Name extends keyof Queries & string, Format extends RowFormat = 'object'>(
    name: Name,
    ...parametersAndOptions: QueryArguments<Queries[Name], QueryOptions<Format>>
  ): Query<RowOf<Queries[Name], Format>>;
  /** Asks the default query. */
  query<Format extends RowFormat = 'object'>(
    ...parametersAndOptions: 'default' extends keyof Queries ? QueryArguments<Queries['default'], QueryOptions<Format>> : never
  ): Query<'default' extends keyof Queries ? RowOf<Queries['default'], Format> : never>;

  /**
   * Asks the service for the bounds of a connection: how many queries it may have in flight, how large a message may be, and how many messages a second
   * the service takes. Undefined where a service of an earlier version does not say. Rejects with a ConnectionError.
   */
  limits(): Promise<ConnectionBounds | undefined>;

  /** Connects now: ahead of the first query, or without waiting for the next attempt. */
  connect(): void;

  /** Ends all queries with a ConnectionError `closed`, and the connection, for good. */
  close(): void;
}

/**
 * Makes a client of a service. It connects when the first query is asked, again when the connection is lost, and goes on where it was.
 *
 * @param address the `url` of the construct, or a function that gives it at each attempt to connect
 */
export function connect<Queries extends QueriesLike<Queries> = AnyQueries>(address: Address, options: ClientOptions = {}): Client<Queries> {
  return new ConnectedClient(address, options) as unknown as Client<Queries>;
}

class ConnectedClient {
  private readonly session: Session;
  private readonly listeners = new Set<(state: ConnectionState) => void>();

  constructor(address: Address, private readonly options: ClientOptions) {
    this.session = new Session(settingsOf(address, options), () => this.tellState());
    if (options.idleTimeout === Infinity) {
      this.connect();
    }
  }

  public get state(): ConnectionState {
    return this.session.connector.state;
  }

  public onStateChange(listener: (state: ConnectionState) => void): () => void {
    const own = (state: ConnectionState): void => listener(state);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  /** Never throws: invalid arguments fail as other queries do, and not in the middle of a render. */
  public query(...given: unknown[]): Query<unknown> {
    try {
      const { question, options } = readArguments(given);
      return new RunningQuery(this.session, question, this.options, options);
    } catch (error) {
      return new RunningQuery(this.session, { parameters: {} }, this.options, { signal: AbortSignal.abort(error) });
    }
  }

  public async limits(): Promise<ConnectionBounds | undefined> {
    return this.session.limits();
  }

  public connect(): void {
    this.session.connector.connect();
  }

  public close(): void {
    this.session.close();
  }

  private tellState(): void {
    for (const listener of this.listeners) {
      try {
        listener(this.state);
      } catch (error) {
        // A listener that fails must not keep the others from hearing, nor the client from working.
        console.error(error);
      }
    }
  }
}
