import { ClientConnection } from './client-connection';
import type { ClientQuery } from './client-query';
import { queryRequestFor } from '../scenario/query-requests';
import type { SubmitCommand, ClientPlan, Command, ConnectionPlan } from '../scenario/scenario';
import type { Simulation } from '../simulation';

const RETRY_PAUSE = 2000;
const MOST_RETRIES = 20;
/** How often a client submits a query again whose result is no longer stored. */
const MOST_EXPIRED_RESULTS = 3;
/** How often a client authenticates again when it is notified that its session expires; the last session does not expire. */
const MOST_RENEWALS = 3;
/** How often a client resumes a query whose terminal message it may have lost. */
const MOST_LOST = 100;
/** The maximum time before a client submits a query again. */
const LONGEST_THOUGHT = 100;

/** The queries to resume when a connection has opened. */
type Unfinished = () => readonly ClientQuery[];

/** A client that connects, submits queries, disappears, and reconnects to resume where it was. */
export class SimulatedClient {
  public readonly connections: ClientConnection[] = [];
  private ids = 0;
  private retries = 0;
  private expiredResults = 0;
  private renewals = 0;
  private lost = 0;

  constructor(private readonly simulation: Simulation, private readonly plan: ClientPlan) {
    simulation.world.clock.after(plan.startsAfter, () => this.connectNext(plan.connections, () => []));
  }

  /** Connects by the first of the plans, and resumes the queries in flight. */
  private connectNext(plans: readonly ConnectionPlan[], unfinished: Unfinished): void {
    if (plans.length > 0) {
      const [plan, ...rest] = plans;
      this.simulation.world.clock.after(plan.after, () => this.connect(plan, rest, unfinished));
    }
  }

  private connect(plan: ConnectionPlan, rest: readonly ConnectionPlan[], unfinished: Unfinished): void {
    const { clock, counts } = this.simulation.world;
    let isReplaced = false;
    const connection: ClientConnection = new ClientConnection(this.simulation, plan, {
      opened: () => this.begin(connection, unfinished),
      rejected: () => {
        this.retries += 1;
        if (this.retries <= MOST_RETRIES) {
          clock.after(RETRY_PAUSE, () => this.connect(plan, rest, unfinished));
        }
      },
      leaving: () => {
        if (!isReplaced) {
          isReplaced = true;
          this.replace(connection, rest);
        }
      },
      closed: () => {
        counts.add('connection closed');
        if (!isReplaced) {
          this.connectNext(rest, () => connection.unfinished);
        }
      },
      ended: (query) => this.ended(connection, query),
      outcomeMissing: (query) => {
        this.lost += 1;
        if (this.lost <= MOST_LOST) {
          counts.add('query submitted again after a lost message');
          query.isSuperseded = true;
          this.resumeOrSubmit(connection, query);
        }
      },
    }, this.plan.caller);
    this.connections.push(connection);
  }

  /** Connects with a new session, moves the queries in flight there, and only then leaves. */
  private replace(connection: ClientConnection, rest: readonly ConnectionPlan[]): void {
    const { clock, counts, random } = this.simulation.world;
    const { opensAfter, end, sessionLasts } = connection.plan;
    this.renewals += 1;
    counts.add('connection replaced');
    const plan = { after: 0, opensAfter, end, commands: [], sessionLasts: this.renewals < MOST_RENEWALS ? sessionLasts : undefined };
    this.connect(plan, rest, () => {
      clock.after(random.between(1, LONGEST_THOUGHT), () => this.simulation.api.end(connection.connection, { goneAfter: 0, disconnects: [5] }));
      return connection.unfinished;
    });
  }

  private begin(connection: ClientConnection, unfinished: Unfinished): void {
    const { clock } = this.simulation.world;
    unfinished().forEach((query) => this.resumeOrSubmit(connection, query));
    connection.plan.commands.forEach((command) => clock.after(command.after, () => this.do(connection, command)));
    const { end } = connection.plan;
    if (end !== undefined) {
      clock.after(end.after, () => this.simulation.api.end(connection.connection, end));
    }
  }

  private resumeOrSubmit(connection: ClientConnection, query: ClientQuery): void {
    const part = query.part ?? query.resumed;
    if (part === undefined) {
      connection.submit(this.newId(query.id), query.submission);
    } else {
      connection.resume(this.newId(query.id), query.submission, part);
    }
  }

  private do(connection: ClientConnection, command: Command): void {
    if (!connection.isOpen) {
      return;
    }
    switch (command.type) {
      case 'submit': {
        const queryRequest = queryRequestFor(command.queryRequest, this.plan.caller, this.signsIn);
        connection.submit(this.idFor(connection, command), { ...command, queryRequest });
        break;
      }
      case 'cancel':
        connection.cancel(command.id);
        break;
      case 'ping':
        connection.ping();
    }
  }

  /** Submits a query again when its result is no longer stored, or when its plan repeats it. */
  private ended(connection: ClientConnection, query: ClientQuery): void {
    const { clock, random, counts } = this.simulation.world;
    const { terminalMessage, submission, cancelSentAt } = query;
    const isExpired = terminalMessage!.message.type === 'error' && terminalMessage!.message.code === 'result_expired';
    const mayRepeat = submission.repeats > 0 && cancelSentAt === undefined;
    this.expiredResults += isExpired ? 1 : 0;
    if (isExpired ? this.expiredResults > MOST_EXPIRED_RESULTS : !mayRepeat) {
      return;
    }
    clock.after(random.between(1, LONGEST_THOUGHT), () => {
      if (connection.isOpen) {
        counts.add(isExpired ? 'query submitted again after result_expired' : 'query submitted again');
        const id = isExpired || !connection.isFree(query.id) ? this.newId(query.id) : query.id;
        connection.submit(id, { ...submission, repeats: isExpired ? submission.repeats : submission.repeats - 1 });
      }
    });
  }

  /** The id of the command if it is free, or if the command reuses it. */
  private idFor(connection: ClientConnection, { id, reusesId }: SubmitCommand): string {
    return connection.isFree(id) || (reusesId && connection.isTaken(id)) ? id : this.newId(id);
  }

  private get signsIn(): boolean {
    return this.simulation.world.scenario.settings.maxQueriesPerCaller !== undefined;
  }

  private newId(id: string): string {
    this.ids += 1;
    return `${id.replace(/\d+$/, '')}${this.ids}`;
  }
}
