import { ClientQuery } from './client-query';
import type { ClientWish, LastWord, Part } from './client-query';
import { whyUnlawful } from './last-words';
import type { ReadMessage, ReadRows } from './message-reader';
import { QUESTIONS } from './questions';
import type { ConnectionPlan } from './scenario';
import type { ApiConnection, ConnectionListener } from './simulated-api';
import type { Simulation } from './simulation';
import { CONNECT_ID } from '../../src/protocol/messages';
import type { AcceptedMessage, CompleteMessage, ErrorMessage } from '../../src/protocol/messages';

/** What the owner of a connection hears of it. */
export interface ClientHooks {
  opened(): void;
  refused(): void;
  closed(): void;
  ended(query: ClientQuery): void;
}

/** One connection of a client: what it asked there, and what it makes of the messages, by the rules of `docs/protocol.md`. */
export class ClientConnection implements ConnectionListener {
  public readonly queries: ClientQuery[] = [];
  public readonly connection: ApiConnection;
  public pingsHandled = 0;
  public pongs = 0;
  /** Errors about no query, such as about a ping. */
  public unnamedErrors = 0;

  constructor(private readonly simulation: Simulation, public readonly plan: ConnectionPlan, private readonly hooks: ClientHooks) {
    this.connection = simulation.api.connect(plan, this);
    if (plan.question !== undefined) {
      const wish = { question: plan.question, heedless: false, repeats: 0 };
      this.queries.push(new ClientQuery(CONNECT_ID, this.connection, simulation.world.clock.now(), wish));
    }
  }

  public get isOpen(): boolean {
    return this.connection.closedAt === undefined && this.connection.openedAt !== undefined;
  }

  public get unfinished(): ClientQuery[] {
    return this.queries.filter(({ isFinished, isSuperseded }) => !isFinished && !isSuperseded);
  }

  /**
   * Whether a client may use an id: its last query has ended, by a word that names the result and was its own, so that the same word said again is
   * not taken for another, and no word about a cancellation is to come.
   */
  public isFree(id: string): boolean {
    return this.queries.filter((query) => query.id === id).every((query) => {
      const { lastWord, cancelSentAt } = query;
      return lastWord?.message.result !== undefined && !this.isShadowed(query) && (cancelSentAt === undefined || isCancelled(lastWord));
    });
  }

  /** Whether an id is surely in use: the service has accepted a query with it, which has not ended. */
  public isTaken(id: string): boolean {
    return this.unfinished.some((query) => query.id === id && query.isBound) && !this.unfinished.some((query) => query.id === id && !query.isBound);
  }

  public ask(id: string, wish: ClientWish): void {
    const query = this.add(new ClientQuery(id, this.connection, this.simulation.world.clock.now(), { ...wish, heedless: !this.isFree(id) }));
    const { query: name, parameters } = QUESTIONS[wish.question];
    const { maxAge, window } = wish;
    const options = { ...(maxAge === undefined ? {} : { maxAge }), ...windowOptions(window) };
    this.sendFor(query, { type: 'query', id, ...(name === undefined ? {} : { query: name }), parameters, options });
  }

  public resume(id: string, wish: ClientWish, part: Part): void {
    const query = this.add(new ClientQuery(id, this.connection, this.simulation.world.clock.now(), { ...wish, heedless: false }, part));
    this.simulation.world.counts.add('resume');
    this.sendFor(query, { type: 'resume', id, result: part.result, after: part.nextSeq - 1, options: windowOptions(wish.window) });
  }

  /** Cancels what was asked under an id; what is not accepted yet, as soon as it is. */
  public cancel(id: string): void {
    const query = this.unfinished.find((candidate) => candidate.id === id && candidate.cancelSentAt === undefined);
    if (query !== undefined && !query.isBound) {
      query.cancelsWhenAccepted = true;
    } else if (query !== undefined) {
      query.cancelSentAt = this.simulation.world.clock.now();
      this.simulation.world.counts.add('cancel by a client');
      this.simulation.api.send(this.connection, { type: 'cancel', id }, () => undefined);
    }
  }

  public ping(): void {
    this.simulation.api.send(this.connection, { type: 'ping' }, (how) => {
      this.pingsHandled += how.state === 'returned' ? 1 : 0;
    });
  }

  public opened(): void {
    if (this.connection.closedAt === undefined) {
      this.queries.filter(({ id }) => id === CONNECT_ID).forEach((query) => {
        query.handled = 'returned';
      });
      this.hooks.opened();
    }
  }

  public refused(): void {
    this.simulation.world.counts.add('connection refused');
    this.hooks.refused();
  }

  public closed(): void {
    this.hooks.closed();
  }

  public received(_: ApiConnection, text: string): void {
    const message = this.simulation.reader.message(text);
    this.simulation.world.history.note(() => `${this.connection.id} receives ${text.length > 300 ? `${text.slice(0, 300)}…` : text}`);
    this.simulation.world.counts.add(`received ${message.type}${message.type === 'error' ? ` ${message.code}` : ''}`);
    this.handle(message);
  }

  private handle(message: ReadMessage): void {
    switch (message.type) {
      case 'accepted': return this.accepted(message);
      case 'rows': return this.rows(message);
      case 'complete': return this.complete(message);
      case 'error': return message.id === undefined ? this.resultFailed(message) : this.queryFailed(message, message.id);
      case 'progress': return this.checkQuestion(message.result);
      case 'pong':
        this.pongs += 1;
    }
  }

  private accepted({ id, result, shared, cached }: AcceptedMessage): void {
    const { world: { counts, clock } } = this.simulation;
    if (this.unfinished.some((query) => query.id === id && query.result === result)) {
      counts.add('accepted twice');
      return;
    }
    const query = this.unboundFor(id, result);
    if (query === undefined) {
      this.acceptedAnew(id, result);
      return;
    }
    this.queries.filter((other) => other.id === id && other.isBound && !other.isFinished).forEach((other) => {
      other.isSuperseded = true;
    });
    counts.add(`accepted${shared ? ' shared' : ''}${cached ? ' cached' : ''}`);
    query.result = result;
    query.acceptedAt = clock.now();
    if (query.cancelsWhenAccepted) {
      this.cancel(id);
    }
  }

  /** An `accepted` for which nothing was asked any more. */
  private acceptedAnew(id: string, result: string): void {
    const { world } = this.simulation;
    const bound = this.unfinished.find((query) => query.id === id);
    const givenUp = this.queries.find((query) => query.id === id && !query.isBound && isInternal(query.lastWord));
    if (givenUp !== undefined && (world.counts.of('given up') > 0 || world.faults.hits > 1)) {
      world.counts.add('answered though the client was told of a failure');
      givenUp.result = result;
      givenUp.isAnsweredLate = true;
    } else if (bound !== undefined && bound.messagesTaken === 0 && world.faults.hits > 0 && this.questionOfResult(result) === bound.wish.question) {
      world.counts.add('accepted with another result');
      bound.result = result;
    } else if (!this.queries.some((query) => query.id === id && query.result === result)) {
      world.broken('P3', `${this.connection.id} was told that ${id} is answered by ${result}, which it did not ask for`);
    }
  }

  private unboundFor(id: string, result: string): ClientQuery | undefined {
    const question = this.questionOfResult(result);
    return this.unfinished.filter((query) => query.id === id && !query.isBound)
      .find(({ resumed, wish }) => resumed ? resumed.result === result : wish.question === question);
  }

  private rows(message: ReadRows): void {
    this.checkAccepted(message.result, 'rows');
    this.checkWindow(message);
    for (const query of this.unfinished.filter(({ result }) => result === message.result)) {
      const outcome = query.take(message);
      if (outcome === 'wrong') {
        this.simulation.world.broken('P2', `${query.describe()} has ${query.rows} rows and was sent those from ${message.offset} on in message ${message.seq}`);
      } else if (outcome === 'taken') {
        this.allowMore(query);
      } else if (this.simulation.isFaultless && !this.isShadowed(query)) {
        this.simulation.world.broken('P2', `${query.describe()} was sent message ${message.seq}, ${outcome}, and nothing had failed`);
      }
    }
  }

  private checkWindow({ result, seq }: ReadRows): void {
    if (!this.queries.some((query) => query.result === result && seq < query.allowed)) {
      this.simulation.world.broken('P2', `${this.connection.id} was sent message ${seq} of ${result}, which it had not allowed yet`);
    }
  }

  private allowMore(query: ClientQuery): void {
    const { window } = query.wish;
    if (window === undefined || query.messagesTaken % window.messages !== 0) {
      return;
    }
    if (query.messagesTaken >= (window.stopsAfter ?? Infinity)) {
      this.simulation.world.counts.add('client allows no more');
      return;
    }
    this.simulation.world.clock.after(window.pause, () => {
      if (this.isOpen && !query.isFinished) {
        this.simulation.world.counts.add('more');
        this.queries.filter(({ result }) => result === query.result).forEach((other) => {
          other.allowed += window.messages;
        });
        this.simulation.api.send(this.connection, { type: 'more', result: query.result, credit: window.messages }, () => undefined);
      }
    });
  }

  private complete(message: CompleteMessage): void {
    this.checkAccepted(message.result, 'complete');
    const ended = this.unfinished.filter(({ result, bytes }) => result === message.result && bytes === message.bytes);
    for (const query of ended) {
      if (query.rows !== message.rows) {
        this.simulation.world.broken('P2', `${query.describe()} has ${query.rows} rows; complete speaks of ${message.rows}`);
      }
      this.end(query, message);
    }
    if (ended.length === 0) {
      this.checkRepetition(message, (query) => query.result === message.result);
    }
  }

  private resultFailed(message: ErrorMessage): void {
    if (message.result === undefined) {
      this.unnamedErrors += 1;
      return;
    }
    this.checkAccepted(message.result, 'error');
    const ended = this.unfinished.filter(({ result }) => result === message.result);
    ended.forEach((query) => this.end(query, message));
    if (ended.length === 0) {
      this.checkRepetition(message, (query) => query.result === message.result);
    }
  }

  private queryFailed(message: ErrorMessage, id: string): void {
    const candidates = this.unfinished.filter((query) => query.id === id);
    const query = (message.result === undefined ? undefined : candidates.find(({ result }) => result === message.result))
      ?? (this.isRepetition(message, id, candidates) ? undefined : mostLikely(candidates));
    if (query !== undefined) {
      this.end(query, message);
    } else if (!this.queries.some((other) => other.id === id)) {
      this.simulation.world.broken('P3', `${this.connection.id} was told of the query ${id}, which it did not ask`);
    } else {
      this.checkRepetition(message, (other) => other.id === id && (message.result === undefined || other.result === message.result));
    }
  }

  /** Whether the last word of an earlier query with this id comes again: of one that was never accepted, only where nothing else can be meant. */
  private isRepetition(message: ErrorMessage, id: string, candidates: readonly ClientQuery[]): boolean {
    const mayBeUnbound = candidates.every(({ isBound }) => isBound);
    const earlier = this.queries.filter((query) => {
      return query.id === id && query.result === message.result && (query.isBound || mayBeUnbound);
    });
    return earlier.some(({ lastWord }) => lastWord !== undefined && isSame(lastWord.message, message));
  }

  private end(query: ClientQuery, message: LastWord['message']): void {
    const { world, redshift, store } = this.simulation;
    query.lastWord = { at: world.clock.now(), message };
    const facts = { world, redshift, store, asked: this.queries.length };
    const unlawful = message.type === 'error' ? whyUnlawful(query, message, facts) : undefined;
    if (unlawful !== undefined) {
      world.broken('P1', unlawful);
    }
    this.hooks.ended(query);
  }

  /** After the last word nothing may come but the same again. */
  private checkRepetition(message: LastWord['message'], isMeant: (query: ClientQuery) => boolean): void {
    const { counts, faults } = this.simulation.world;
    // The function could not tell whether the query was stored; its word may wait in the queue while the guard has the query answered.
    if (message.type === 'error' && message.code === 'internal' && message.result === undefined && faults.hits > 1) {
      counts.add('told of a failure though answered');
      return;
    }
    const meant = this.queries.filter((query) => isMeant(query) && !query.isSuperseded && !query.isAnsweredLate);
    const isKnown = meant.some(({ isFinished, lastWord, cancelSentAt }) => {
      return !isFinished || isSame(lastWord!.message, message) || (message.type === 'error' && message.code === 'unknown_id' && cancelSentAt !== undefined);
    });
    if (!isKnown && meant.some((query) => query.isBound && !this.isShadowed(query))) {
      this.simulation.world.broken('P1', `${meant[0].describe()} ended a second time, by ${JSON.stringify(message)} after ${JSON.stringify(meant[0].lastWord?.message)}`);
    }
  }

  /** Whether another query on the connection had the same result, so that what came for that one may have ended this one. */
  private isShadowed(query: ClientQuery): boolean {
    return this.queries.some((other) => other !== query && other.result === query.result);
  }

  private checkAccepted(result: string, what: string): void {
    if (!this.queries.some((query) => query.result === result)) {
      this.simulation.world.broken('P3', `${this.connection.id} was sent ${what} of ${result}, for which it was not accepted`);
    }
  }

  private checkQuestion(result: string): void {
    const question = this.questionOfResult(result);
    if (!this.queries.some(({ wish }) => wish.question === question)) {
      this.simulation.world.broken('P3', `${this.connection.id} was told of ${result}, an answer to question ${question}, which it did not ask`);
    }
  }

  private questionOfResult(result: string): number | undefined {
    return this.simulation.questionOfRun(result);
  }

  private add(query: ClientQuery): ClientQuery {
    this.queries.push(query);
    return query;
  }

  private sendFor(query: ClientQuery, message: object): void {
    this.simulation.api.send(this.connection, message, (how) => {
      query.handled = how.state === 'returned' ? 'returned' : 'lost';
    });
  }
}

/** Which of the queries with one id an error is about that names no result: one that was not accepted, if possible one whose function did not fail. */
function mostLikely(queries: readonly ClientQuery[]): ClientQuery | undefined {
  const unbound = queries.filter(({ isBound }) => !isBound);
  return unbound.find(({ handled }) => handled !== 'lost') ?? unbound[0] ?? queries[0];
}

function windowOptions(window: ClientWish['window']): { window?: number } {
  return window === undefined ? {} : { window: window.messages };
}

function isInternal(lastWord: LastWord | undefined): boolean {
  return lastWord?.message.type === 'error' && lastWord.message.code === 'internal';
}

function isCancelled({ message }: LastWord): boolean {
  return message.type === 'error' && message.code === 'cancelled';
}

function isSame(one: LastWord['message'], other: LastWord['message']): boolean {
  return one.type === 'complete' ? other.type === 'complete' && one.rows === other.rows : other.type === 'error' && one.code === other.code;
}
