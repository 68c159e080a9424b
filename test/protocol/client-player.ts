import { Placeholders } from './placeholders';
import { eachStep } from './transcript';
import type { Seen, Step, Template, Transcript } from './transcript';
import { QueryError } from '../../src/client';
import type { Client, Column, Query, QueryOptions } from '../../src/client';
import { MARKER_QUERY, waitForState, waitUntilReceived } from '../client/support/client-test';
import type { ClientTest } from '../client/support/client-test';
import type { ScriptedConnection } from '../client/support/scripted-server';
import { invalidity } from '../support/protocol-schema';

/** Maximum time without a message before the client sends a `ping`. */
const SILENCE_MS = 4 * 60_000;

type Fields = Readonly<Record<string, any>>;

/** A query of the application, which reads all rows at the end, or one message at a time if it has a window. */
class ApplicationQuery {
  public readonly progress: string[] = [];
  private readonly query: Query<unknown>;
  private readonly loop?: AsyncIterator<{ rows: readonly unknown[]; columns: readonly Column[] }>;
  private readonly rows: unknown[] = [];

  constructor(client: Client, { query, parameters = {}, options = {} }: Fields) {
    const defaults: QueryOptions<'array'> = {
      rows: 'array',
      ...(options.window === undefined ? {} : { window: options.window }),
      ...(options.maxAge === undefined ? {} : { maxAge: options.maxAge }),
      onProgress: ({ state }) => this.recordState(state),
    };
    this.query = query === undefined ? client.query(parameters, defaults) : client.query(query, parameters, defaults);
    if (options.window !== undefined) {
      this.loop = this.query[Symbol.asyncIterator]();
    } else {
      this.query.catch(() => undefined);
    }
  }

  /** Reads the rows of the next message. */
  public async take(): Promise<boolean> {
    const { done, value } = await this.loop!.next();
    this.rows.push(...(value?.rows ?? []));
    return done !== true;
  }

  public cancel(): void {
    this.query.cancel();
  }

  /** Returns the result or error that the application receives. */
  public async outcome(): Promise<Seen> {
    try {
      const rows = this.loop === undefined ? (await this.query).rows : await this.takeAll();
      return { columns: this.query.columns, rows: rows as Seen['rows'], truncated: this.query.completion!.truncated, progress: this.progress };
    } catch (error) {
      if (error instanceof QueryError) {
        const { code, retryable, limit } = error;
        return { error: { code, retryable, ...(limit === undefined ? {} : { limit }) }, progress: this.progress };
      }
      throw error;
    }
  }

  private async takeAll(): Promise<unknown[]> {
    while (await this.take()) {
      // `take` appends to `rows`.
    }
    return this.rows;
  }

  private recordState(state: string): void {
    if ((state === 'waiting' || state === 'running') && this.progress.at(-1) !== state) {
      this.progress.push(state);
    }
  }
}

/** Plays the service and the application of a transcript, and compares the messages and rows of the client library with the transcript. */
export class ClientPlayer {
  private readonly placeholders = new Placeholders();
  private readonly client: Client;
  private readonly queries = new Map<string, ApplicationQuery>();
  private readonly connections = new Map<string, ScriptedConnection>();
  private readonly checkedMessages = new Map<ScriptedConnection, number>();
  /** Connections on which the service has sent a message. */
  private readonly usedConnections = new Set<ScriptedConnection>();

  constructor(private readonly tests: ClientTest, private readonly transcript: Transcript) {
    this.client = tests.client({ idleTimeout: Infinity, compression: JSON.stringify(transcript).includes('gzip') });
  }

  public async play(): Promise<void> {
    await eachStep(this.transcript, async (step) => this.do(step));
    for (const [name, expected] of Object.entries(this.transcript.application ?? {})) {
      expect(await this.queries.get(name)!.outcome()).toMatchObject(this.placeholders.fill(expected) as object);
    }
    for (const connection of this.connections.values()) {
      expect(this.next(connection)).toBeUndefined();
    }
  }

  private async do({ on = 'first', connect, client, again, server, serverInAnyOrder, lost }: Step): Promise<void> {
    if (connect !== undefined) {
      await this.connect(on);
    } else if (lost) {
      await this.lose(on);
    } else if (client !== undefined) {
      await this.expectClientMessage(on, client as Fields, again);
    } else {
      [server, ...(serverInAnyOrder ?? [])].filter((message) => message !== undefined).forEach((message) => this.sendServerMessage(on, message));
    }
  }

  private async connect(on: string): Promise<void> {
    const connection = this.tests.server.connection(this.connections.size);
    this.connections.set(on, await (this.connections.size === 0 ? connection : this.advanceUntil(connection)));
    await waitForState(this.client, 'connected');
  }

  /** Advances the clock in steps that are shorter than the timeouts of the client. */
  private async advanceUntil<T>(awaited: Promise<T>): Promise<T> {
    let isOver = false;
    const over = awaited.finally(() => isOver = true);
    while (!isOver) {
      this.tests.clock.advance(25);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return over;
  }

  private async lose(on: string): Promise<void> {
    const connection = this.connections.get(on)!;
    await waitUntilReceived(connection, this.client);
    connection.drop();
    await waitForState(this.client, 'waiting');
  }

  private async expectClientMessage(on: string, template: Fields, again?: string): Promise<void> {
    const connection = this.connections.get(on)!;
    if (this.usedConnections.has(connection)) {
      await waitUntilReceived(connection, this.client);
    }
    await this.triggerMessage(template, again);
    const next = connection.until(() => this.next(connection));
    const sent = await (again === undefined ? next : this.advanceUntil(next));
    this.checkedMessages.set(connection, connection.messages.indexOf(sent) + 1);
    const difference = this.placeholders.difference(normalize(template), normalize(sent));
    if (difference !== undefined) {
      throw new Error(difference);
    }
    expect(invalidity('ClientMessage', sent)).toBeUndefined();
  }

  /** Makes the application do what causes the next message of the client. */
  private async triggerMessage(message: Fields, again?: string): Promise<void> {
    if (again !== undefined) {
      await this.awaitResubmission(again);
    } else if (message.type === 'query') {
      this.queries.set(message.id, new ApplicationQuery(this.client, this.placeholders.fill({ ...message, id: '' }) as Fields));
    } else if (message.type === 'cancel') {
      this.queries.get(message.id)!.cancel();
    } else if (message.type === 'more') {
      await [...this.queries.values()].at(-1)!.take();
    } else if (message.type === 'ping') {
      this.tests.clock.advance(SILENCE_MS);
    }
  }

  /** Waits for the client to submit again, which requires that the application reads the buffered rows if the service stalled. */
  private async awaitResubmission(name: string): Promise<void> {
    const stalled = this.transcript.steps.some(({ server }) => (server as Fields | undefined)?.code === 'stalled');
    if (stalled) {
      await this.queries.get(name)!.take();
    }
  }

  private sendServerMessage(on: string, template: Template): void {
    const connection = this.connections.get(on)!;
    this.usedConnections.add(connection);
    connection.send(this.placeholders.fill(template) as Fields);
  }

  private next(connection: ScriptedConnection): Fields | undefined {
    return connection.messages.slice(this.checkedMessages.get(connection) ?? 0).find(({ query }) => query !== MARKER_QUERY);
  }
}

/** Removes empty parameters and options. */
function normalize({ parameters, options, ...message }: Fields): Fields {
  const isEmpty = (value: unknown) => value === undefined || Object.keys(value as object).length === 0;
  return { ...message, ...(isEmpty(parameters) ? {} : { parameters }), ...(isEmpty(options) ? {} : { options }) };
}
