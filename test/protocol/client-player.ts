import { Placeholders } from './placeholders';
import { eachStep } from './transcript';
import type { Seen, Step, Template, Transcript } from './transcript';
import { QueryError } from '../../src/client';
import type { Client, Column, Query, QueryOptions } from '../../src/client';
import type { ScriptedConnection } from '../client/scripted-server';
import { heardBy, stateOf } from '../client/use-client';
import type { ClientTest } from '../client/use-client';
import { invalidity } from '../support/protocol-schema';

/** After how long a silence the client says something. */
const SILENCE_MS = 4 * 60_000;

const HEARD_QUERY = 'heard so far?';

type Fields = Readonly<Record<string, any>>;

/** One query of the application, which takes all its rows at once, or a message at a time where it has a window. */
class ApplicationQuery {
  public readonly progress: string[] = [];
  private readonly query: Query<unknown>;
  private readonly loop?: AsyncIterator<{ rows: readonly unknown[]; columns: readonly Column[] }>;
  private readonly rows: unknown[] = [];

  constructor(client: Client, { query, parameters = {}, options = {} }: Fields) {
    const given: QueryOptions<'array'> = {
      rows: 'array',
      ...(options.window === undefined ? {} : { window: options.window }),
      ...(options.maxAge === undefined ? {} : { maxAge: options.maxAge }),
      onProgress: ({ state }) => this.note(state),
    };
    this.query = query === undefined ? client.query(parameters, given) : client.query(query, parameters, given);
    if (options.window !== undefined) {
      this.loop = this.query[Symbol.asyncIterator]();
    } else {
      this.query.catch(() => undefined);
    }
  }

  /** Takes the rows of one more message. */
  public async take(): Promise<boolean> {
    const { done, value } = await this.loop!.next();
    this.rows.push(...(value?.rows ?? []));
    return done !== true;
  }

  public cancel(): void {
    this.query.cancel();
  }

  /** What the application has seen in the end. */
  public async seen(): Promise<Seen> {
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
      // Each taken message is in `rows`.
    }
    return this.rows;
  }

  private note(state: string): void {
    if ((state === 'waiting' || state === 'running') && this.progress.at(-1) !== state) {
      this.progress.push(state);
    }
  }
}

/** Plays the service of a transcript and the application against the client library, and holds what it says and hands out against what it should. */
export class ClientPlayer {
  private readonly placeholders = new Placeholders();
  private readonly client: Client;
  private readonly queries = new Map<string, ApplicationQuery>();
  private readonly connections = new Map<string, ScriptedConnection>();
  private readonly looked = new Map<ScriptedConnection, number>();
  /** Those on which the service has said something. */
  private readonly said = new Set<ScriptedConnection>();

  constructor(private readonly tests: ClientTest, private readonly transcript: Transcript) {
    this.client = tests.client({ idleTimeout: Infinity, compression: JSON.stringify(transcript).includes('gzip') });
  }

  public async play(): Promise<void> {
    await eachStep(this.transcript, async (step) => this.do(step));
    for (const [name, expected] of Object.entries(this.transcript.application ?? {})) {
      expect(await this.queries.get(name)!.seen()).toMatchObject(this.placeholders.fill(expected) as object);
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
      await this.clientSays(on, client as Fields, again);
    } else {
      [server, ...(serverInAnyOrder ?? [])].filter((message) => message !== undefined).forEach((message) => this.serverSays(on, message));
    }
  }

  private async connect(on: string): Promise<void> {
    const connection = this.tests.server.connection(this.connections.size);
    this.connections.set(on, await (this.connections.size === 0 ? connection : this.whileTimePasses(connection)));
    await stateOf(this.client, 'connected');
  }

  /** In steps that are too small for a client to lose patience with a server of this process. */
  private async whileTimePasses<T>(awaited: Promise<T>): Promise<T> {
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
    await heardBy(connection, this.client);
    connection.drop();
    await stateOf(this.client, 'waiting');
  }

  private async clientSays(on: string, template: Fields, again?: string): Promise<void> {
    const connection = this.connections.get(on)!;
    if (this.said.has(connection)) {
      await heardBy(connection, this.client);
    }
    await this.act(template, again);
    const next = connection.until(() => this.next(connection));
    const said = await (again === undefined ? next : this.whileTimePasses(next));
    this.looked.set(connection, connection.messages.indexOf(said) + 1);
    const difference = this.placeholders.difference(essential(template), essential(said));
    if (difference !== undefined) {
      throw new Error(difference);
    }
    expect(invalidity('ClientMessage', withoutMarks(said))).toBeUndefined();
  }

  /** What makes the client say something. */
  private async act(message: Fields, again?: string): Promise<void> {
    if (again !== undefined) {
      await this.askAgain(again);
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

  /** It asks again by itself, after some time, or when the application has taken what came. */
  private async askAgain(name: string): Promise<void> {
    const stalled = this.transcript.steps.some(({ server }) => (server as Fields | undefined)?.code === 'stalled');
    if (stalled) {
      await this.queries.get(name)!.take();
    }
  }

  private serverSays(on: string, template: Template): void {
    const connection = this.connections.get(on)!;
    this.said.add(connection);
    connection.say(this.placeholders.fill(template) as Fields);
  }

  private next(connection: ScriptedConnection): Fields | undefined {
    return connection.messages.slice(this.looked.get(connection) ?? 0).find(({ query }) => query !== HEARD_QUERY);
  }
}

/** A message without what says nothing: empty parameters and options. */
function essential({ parameters, options, ...message }: Fields): Fields {
  const isEmpty = (value: unknown) => value === undefined || Object.keys(value as object).length === 0;
  return { ...message, ...(isEmpty(parameters) ? {} : { parameters }), ...(isEmpty(options) ? {} : { options }) };
}

/** What `heardBy` leaves in messages is the test's own. */
function withoutMarks({ isAnswered: _, ...message }: Fields): Fields {
  return message;
}
