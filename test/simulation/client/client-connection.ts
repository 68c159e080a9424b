import { ClientInbox } from './client-inbox';
import { ClientQuery } from './client-query';
import type { Submission, TerminalMessage, Part } from './client-query';
import { CONNECT_ID } from '../../../src/protocol/connect-request';
import { queryRequestFor, sentQueryOf } from '../scenario/query-requests';
import type { ConnectionPlan } from '../scenario/scenario';
import type { ApiConnection, ConnectionListener } from '../services/simulated-api';
import type { Simulation } from '../simulation';

/** The events of a connection that its owner receives. */
export interface ClientHooks {
  opened(): void;
  rejected(): void;
  /** The service is about to end it. */
  leaving(): void;
  closed(): void;
  ended(query: ClientQuery): void;
  /** A query has not ended in time, and the client has lost a message. */
  outcomeMissing(query: ClientQuery): void;
}

/** After how long without `accepted` a client submits a query again. */
const ACCEPTANCE_TIMEOUT = 60_000;
/** How long after the time limit of its query a client resumes it. */
const TIME_LIMIT_MARGIN = 60_000;
/** How often a client checks whether it has lost a message. */
const MOST_LOOKS = 100;

/** One connection of a client, and the queries that it submits there. */
export class ClientConnection implements ConnectionListener {
  public readonly queries: ClientQuery[] = [];
  public readonly connection: ApiConnection;
  public pingsHandled = 0;
  public readonly inbox: ClientInbox;

  constructor(private readonly simulation: Simulation, public readonly plan: ConnectionPlan, public readonly hooks: ClientHooks, caller: number) {
    this.inbox = new ClientInbox(simulation, this);
    this.connection = simulation.api.connect(plan, this, caller);
    if (plan.queryRequest !== undefined) {
      const signsIn = simulation.world.scenario.settings.maxQueriesPerCaller !== undefined;
      const submission = { queryRequest: queryRequestFor(plan.queryRequest, caller, signsIn), reusesId: false, repeats: 0 };
      this.queries.push(new ClientQuery(CONNECT_ID, this.connection, simulation.world.clock.now(), submission));
    }
  }

  public get isOpen(): boolean {
    return this.connection.closedAt === undefined && this.connection.openedAt !== undefined;
  }

  public get unfinished(): ClientQuery[] {
    return this.queries.filter(({ isFinished, isSuperseded }) => !isFinished && !isSuperseded);
  }

  /**
   * Whether a client can use an id: its last query has ended with its own terminal message, which names the result, so that a repetition of the
   * message is not mistaken for another one; and neither an error of a cancellation nor the `accepted` of a canceled query can still arrive.
   */
  public isFree(id: string): boolean {
    return this.queries.filter((query) => query.id === id).every((query) => {
      const { terminalMessage, cancelSentAt, isBound } = query;
      return terminalMessage?.message.result !== undefined && (cancelSentAt === undefined || (isBound && isCancelled(terminalMessage)));
    });
  }

  /** Whether an id is surely in use: the service has accepted a query with it, which has not ended. */
  public isTaken(id: string): boolean {
    return this.unfinished.some((query) => query.id === id && query.isBound) && !this.unfinished.some((query) => query.id === id && !query.isBound);
  }

  public submit(id: string, submission: Submission): void {
    const query = this.add(new ClientQuery(id, this.connection, this.simulation.world.clock.now(), { ...submission, reusesId: !this.isFree(id) }));
    const { query: name, parameters } = sentQueryOf(submission.queryRequest, this.simulation.world.deployment.versionOfClients());
    const { maxAge } = submission;
    const options = { ...(maxAge === undefined ? {} : { maxAge }), ...deliveryOptions(submission) };
    this.sendFor(query, { type: 'query', id, ...(name === undefined ? {} : { query: name }), parameters, options });
  }

  public resume(id: string, submission: Submission, part: Part): void {
    const query = this.add(new ClientQuery(id, this.connection, this.simulation.world.clock.now(), { ...submission, reusesId: false }, part));
    this.simulation.world.counts.add('resume');
    this.sendFor(query, { type: 'resume', id, result: part.result, after: part.nextSeq - 1, options: deliveryOptions(submission) });
  }

  /** Cancels the query with an id, whether it is accepted yet or not. */
  public cancel(id: string): void {
    const query = this.unfinished.find((candidate) => candidate.id === id && candidate.cancelSentAt === undefined);
    if (query !== undefined) {
      this.simulation.world.counts.add(query.isBound ? 'cancel of an accepted query' : 'cancel before accepted');
      // A query that was submitted under an id in use can be the canceled one, when this one has just ended.
      this.unfinished.filter((other) => other.id === id).forEach((other) => {
        other.cancelSentAt ??= this.simulation.world.clock.now();
      });
      this.simulation.world.counts.add('cancel by a client');
      this.simulation.api.send(this.connection, { type: 'cancel', id });
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
        query.handledAt = this.simulation.world.clock.now();
        this.watch(query, ACCEPTANCE_TIMEOUT);
      });
      this.hooks.opened();
    }
  }

  public rejected(): void {
    this.simulation.world.counts.add('connection rejected');
    this.hooks.rejected();
  }

  public closed(): void {
    this.hooks.closed();
  }

  public received(_: ApiConnection, json: string): void {
    this.simulation.world.history.add(() => `${this.connection.id} receives ${json.length > 300 ? `${json.slice(0, 300)}…` : json}`);
    for (const message of this.simulation.reader.messages(json)) {
      this.simulation.world.counts.add(`received ${message.type}${message.type === 'error' ? ` ${message.code}` : ''}`);
      this.inbox.handle(message);
    }
  }

  /** Allows more messages of the result, if the query has a window, when the client has processed those that it received. */
  public allowMore(query: ClientQuery): void {
    const { window } = query.submission;
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
        // It allows more for every query of the result, also for one whose `accepted` has not arrived.
        const { queryRequest } = query.submission;
        const isMeant = (other: ClientQuery) => other.isBound ? other.result === query.result : other.submission.queryRequest === queryRequest;
        this.queries.filter(isMeant).forEach((other) => {
          other.allowed += window.messages;
        });
        this.simulation.api.send(this.connection, { type: 'more', result: query.result, credit: window.messages });
      }
    });
  }

  /** Whether the client has lost a message, so that missing messages are no fault of the service. */
  public get hasLostMessage(): boolean {
    return this.simulation.world.faults.withLostMessages.has(this.connection.id);
  }

  /** Has a query end by its time limit at the latest. */
  public watchEnd(query: ClientQuery, timeLimitMs: number): void {
    this.watch(query, timeLimitMs + TIME_LIMIT_MARGIN);
  }

  /** Lets a client that has lost a message resume a query. One that has lost none waits: resuming would hide a fault of the service. */
  private watch(query: ClientQuery, milliseconds: number, looks = MOST_LOOKS): void {
    const { clock, faults } = this.simulation.world;
    const wasBound = query.isBound;
    if (looks > 0 && faults.losesMessages) {
      clock.after(milliseconds, () => {
        if (!this.isOpen || query.isFinished || query.isSuperseded || query.isBound !== wasBound) {
          return;
        }
        if (this.hasLostMessage) {
          this.hooks.outcomeMissing(query);
        } else {
          this.watch(query, ACCEPTANCE_TIMEOUT, looks - 1);
        }
      });
    }
  }

  private add(query: ClientQuery): ClientQuery {
    this.queries.push(query);
    this.watch(query, ACCEPTANCE_TIMEOUT);
    return query;
  }

  private sendFor(query: ClientQuery, message: object): void {
    this.simulation.api.send(this.connection, message, (how) => {
      query.handled = how.state === 'returned' ? 'returned' : 'lost';
      query.handledAt = this.simulation.world.clock.now();
    }, (version) => {
      query.handler = version;
    });
  }
}

function deliveryOptions({ window, takesGzip }: Submission): object {
  return { ...(window === undefined ? {} : { window: window.messages }), ...(takesGzip ? { encodings: ['future', 'gzip'] } : {}) };
}

function isCancelled({ message }: TerminalMessage): boolean {
  return message.type === 'error' && message.code === 'cancelled';
}
