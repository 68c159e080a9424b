import type { ClientConnection } from './client-connection';
import type { ClientQuery, TerminalMessage } from './client-query';
import type { ReadMessage, ReadRows } from './message-reader';
import type { AcceptedMessage, CompleteMessage, ErrorMessage } from '../../../src/protocol/messages';
import { whyIncomplete } from '../rules/complete-rule';
import { whyInvalidError } from '../rules/error-rule';
import { isRepetition, whyEndedTwice } from '../rules/repetition-rule';
import { whyOtherLimits, whyOtherStatement } from '../rules/version-rule';
import type { Simulation } from '../simulation';

/** Longer than a cancel takes that meets no fault, in milliseconds. */
const LONGEST_CANCEL = 10_000;

/** What a client makes of the messages on one connection, by the rules of `docs/protocol.md`. */
export class ClientInbox {
  public pongs = 0;
  /** Errors about no query, such as about a ping. */
  public unnamedErrors = 0;

  constructor(private readonly simulation: Simulation, private readonly owner: ClientConnection) {}

  public handle(message: ReadMessage): void {
    switch (message.type) {
      case 'accepted': return this.accepted(message);
      case 'rows': return this.rows(message);
      case 'complete': return this.complete(message);
      case 'error': return message.id === undefined ? void (this.unnamedErrors += 1) : this.failed(message, message.id);
      case 'progress': return this.checkSubmitted(message.result);
      case 'bye': return this.owner.hooks.leaving();
      case 'pong':
        this.pongs += 1;
    }
  }

  private get queries(): readonly ClientQuery[] {
    return this.owner.queries;
  }

  private accepted({ id, result, shared, cached, limits }: AcceptedMessage): void {
    const { world: { counts, clock, scenario: { settings } } } = this.simulation;
    if (this.owner.unfinished.some((query) => query.id === id && query.result === result)) {
      counts.add('accepted twice');
      // Or the query that was submitted under an id in use receives the same stored result: the two can't be distinguished.
      this.owner.unfinished.filter((query) => query.id === id && !query.isBound && query.submission.reusesId).forEach((query) => {
        query.mayHaveOtherResult = true;
      });
      return;
    }
    const query = this.unboundFor(id, result, limits);
    if (query === undefined) {
      this.acceptedAnew(id, result);
      return;
    }
    this.checkVersion(query, whyOtherLimits(query, limits));
    this.queries.filter((other) => other.id === id && other.isBound && !other.isFinished).forEach((other) => {
      other.isSuperseded = true;
    });
    counts.add(`accepted${shared ? ' shared' : ''}${cached ? ' cached' : ''}`);
    query.result = result;
    query.acceptedAt = clock.now();
    this.owner.watchEnd(query, limits?.timeLimitMs ?? settings.timeoutSeconds * 1000);
  }

  /** An `accepted` without a query in flight. */
  private acceptedAnew(id: string, result: string): void {
    const { world } = this.simulation;
    const bound = this.owner.unfinished.find((query) => query.id === id);
    const superseded = this.queries.find((query) => query.id === id && query.isSuperseded && !query.isBound);
    if (superseded !== undefined) {
      world.counts.add('accepted though submitted again');
      superseded.result = result;
      return;
    }
    if (this.queries.some((query) => query.id === id && wasCanceled(query, result))) {
      world.counts.add('accepted though canceled');
      return;
    }
    const failed = this.queries.find((query) => query.id === id && !query.isBound && isInternal(query.terminalMessage));
    if (failed !== undefined && this.canFailThoughStored()) {
      world.counts.add('accepted after the client received an error');
      failed.result = result;
      failed.isDeliveredLate = true;
    } else if (bound !== undefined && bound.messagesTaken === 0 && (world.faults.hits > 0 || this.isCanceled(bound.result))
      && this.queryRequestOfResult(result) === bound.submission.queryRequest) {
      world.counts.add('accepted with another result');
      bound.result = result;
    } else if (!this.queries.some((query) => query.id === id && query.result === result)) {
      world.broken('P3', `${this.owner.connection.id} received accepted for ${id} with the result ${result}, which it did not request`);
    }
  }

  /** Whether the statement of a result was canceled: the run was being closed when the request joined it. */
  private isCanceled(result: string | undefined): boolean {
    return result !== undefined && this.simulation.redshift.statementOf(result)?.cancelledAt !== undefined;
  }

  /** Whether so much failed at once, or so often, that a request could neither be stored nor removed. */
  private canFailThoughStored(): boolean {
    const { counts, faults } = this.simulation.world;
    return counts.of('retries exhausted') > 0 || faults.hits >= 2;
  }

  /** The query that is accepted: of several with one id, if possible one with these limits. */
  private unboundFor(id: string, result: string, limits: AcceptedMessage['limits']): ClientQuery | undefined {
    const queryRequest = this.queryRequestOfResult(result);
    const unbound = this.owner.unfinished.filter((query) => query.id === id && !query.isBound)
      .filter(({ resumed, submission }) => resumed ? resumed.result === result : submission.queryRequest === queryRequest);
    return unbound.find((query) => whyOtherLimits(query, limits) === undefined) ?? unbound[0];
  }

  /** P2: the rows are those of the query that was submitted, its SQL, its limits, its database. */
  private checkVersion(query: ClientQuery, why: string | undefined): void {
    if (why !== undefined) {
      this.simulation.world.broken('P2', `${query.describe()} ${why}`);
    }
  }

  private rows(message: ReadRows): void {
    if (this.isUnknown(message.result)) {
      return;
    }
    this.checkAccepted(message.result, 'rows');
    if (!this.owner.hasLostMessage) {
      // Else the options may be those of a query whose `accepted` was lost.
      this.checkWindow(message);
      this.checkEncoding(message);
    }
    for (const query of this.owner.unfinished.filter(({ result }) => result === message.result)) {
      const outcome = query.take(message);
      if (outcome === 'wrong') {
        this.simulation.world.broken('P2', `${query.describe()} has ${query.rows} rows and was sent those from ${message.offset} on in message ${message.seq}`);
      } else if (outcome === 'taken') {
        this.checkVersion(query, whyOtherStatement(query, this.simulation.redshift.statementOf(message.result)));
        this.owner.allowMore(query);
      } else if (this.simulation.isFaultless && !this.sharesResult(query)) {
        this.simulation.world.broken('P2', `${query.describe()} was sent message ${message.seq}, ${outcome}, and nothing had failed`);
      }
    }
  }

  private checkWindow({ result, seq }: ReadRows): void {
    if (!this.queries.some((query) => query.result === result && seq < query.allowed)) {
      this.simulation.world.broken('P2', `${this.owner.connection.id} was sent message ${seq} of ${result}, which it had not allowed yet`);
    }
  }

  private checkEncoding({ result, isCompressed, seq }: ReadRows): void {
    if (isCompressed) {
      this.simulation.world.counts.add('received a compressed message');
      if (!this.queries.some((query) => query.result === result && query.submission.takesGzip)) {
        this.simulation.world.broken('P2', `${this.owner.connection.id} was sent message ${seq} of ${result} compressed, which it had not offered to accept`);
      }
    }
  }

  private complete(message: CompleteMessage): void {
    const { id, result, messages, rows } = message;
    if (this.isUnknown(result)) {
      return;
    }
    this.checkAccepted(result, 'complete');
    const query = this.owner.unfinished.find((candidate) => candidate.id === id && candidate.result === result);
    if (query === undefined) {
      this.checkRepetition(message, id);
      return;
    }
    if (this.owner.hasLostMessage && query.nextSeq < messages) {
      this.owner.hooks.outcomeMissing(query);
      return;
    }
    if (query.rows !== rows || query.nextSeq !== messages) {
      this.simulation.world.broken('P2', `${query.describe()} has ${query.rows} rows; complete has ${rows} in ${messages} messages`);
    }
    const statement = this.simulation.redshift.statementOf(result);
    this.checkVersion(query, whyOtherStatement(query, statement));
    const incomplete = whyIncomplete(message, statement, query.version?.settings ?? this.simulation.world.scenario.settings);
    if (incomplete !== undefined) {
      this.simulation.world.broken('P2', `${query.describe()} is complete with ${incomplete}`);
    }
    this.checkCancel(query);
    this.simulation.world.counts.add(message.truncated ? 'received complete, truncated' : 'received complete, whole');
    this.end(query, message);
  }

  /** A cancel is honored, also one that is processed before its query. */
  private checkCancel(query: ClientQuery): void {
    const { world, isFaultless } = this.simulation;
    const { cancelSentAt = Infinity, submission: { reusesId } } = query;
    const mayNotBeHandled = world.counts.of('invocation of OnMessage throttled') > 0;
    if (isFaultless && !mayNotBeHandled && !reusesId && world.clock.now() > cancelSentAt + LONGEST_CANCEL) {
      world.broken('P5', `${query.describe()} is complete ${(world.clock.now() - cancelSentAt) / 1000} s after its client canceled it`);
    }
  }

  /** An error without a result ends only a query that was not accepted yet. */
  private failed(message: ErrorMessage, id: string): void {
    if (message.code === 'unknown_id') {
      this.checkRepetition(message, id);
      return;
    }
    const candidates = this.owner.unfinished.filter((query) => query.id === id);
    const unbound = candidates.filter(({ isBound }) => !isBound);
    const bound = message.result === undefined ? undefined : candidates.find(({ result }) => result === message.result);
    const query = bound ?? (isRepetition(this.queries, message, id) ? undefined : mostLikely(unbound));
    if (query !== undefined) {
      // A cancel is processed beside its query, whose `accepted` may still be on its way.
      query.result ??= this.owner.hasLostMessage || query.cancelSentAt !== undefined ? message.result : undefined;
      this.end(query, message);
    } else if (!this.queries.some((other) => other.id === id)) {
      this.simulation.world.broken('P3', `${this.owner.connection.id} received an error for the query ${id}, which it did not submit`);
    } else {
      this.checkRepetition(message, id);
    }
  }

  private end(query: ClientQuery, message: TerminalMessage['message']): void {
    const { world, redshift, store } = this.simulation;
    query.terminalMessage = { at: world.clock.now(), message };
    const { caller } = this.owner.connection;
    const ofCaller = this.simulation.clients.flatMap(({ connections }) => connections).filter(({ connection }) => connection.caller === caller);
    const isCounted = ({ terminalMessage }: ClientQuery) => !this.simulation.isFaultless || (terminalMessage?.at ?? Infinity) > query.sentAt;
    const submitted = this.queries.filter(isCounted).length;
    const submittedByCaller = ofCaller.reduce((sum, { queries }) => sum + queries.filter(isCounted).length, 0);
    const facts = { world, redshift, store, submitted, submittedByCaller };
    const violation = message.type === 'error' ? whyInvalidError(query, message, facts) : undefined;
    if (violation !== undefined) {
      world.broken('P1', violation);
    }
    this.owner.hooks.ended(query);
  }

  /** After the terminal message nothing arrives but the same again. */
  private checkRepetition(message: TerminalMessage['message'], id: string): void {
    const isUnstored = message.type === 'error' && message.code === 'internal' && message.result === undefined;
    if (isUnstored && this.canFailThoughStored()) {
      this.simulation.world.counts.add('error after the query was accepted');
      return;
    }
    if (this.owner.hasLostMessage && this.queries.some((query) => query.id === id && query.isSuperseded)) {
      // The client has resumed the result under another id.
      return;
    }
    const problem = whyEndedTwice(this.queries, message, id);
    if (problem !== undefined) {
      this.simulation.world.broken('P1', problem);
    }
  }

  /** Whether another query on the connection has the same result, so that what came for that one may be of use to this one. */
  private sharesResult(query: ClientQuery): boolean {
    return this.queries.some((other) => other !== query && other.result === query.result);
  }

  /** Whether the `accepted` of a result was lost: a client ignores messages of an unknown result. */
  private isUnknown(result: string): boolean {
    return this.owner.hasLostMessage && !this.queries.some((query) => query.result === result);
  }

  private checkAccepted(result: string, what: string): void {
    if (!this.queries.some((query) => query.result === result)) {
      this.simulation.world.broken('P3', `${this.owner.connection.id} was sent ${what} of ${result}, for which it was not accepted`);
    }
  }

  private checkSubmitted(result: string): void {
    const queryRequest = this.queryRequestOfResult(result);
    if (!this.queries.some(({ submission }) => submission.queryRequest === queryRequest)) {
      this.simulation.world.broken('P3', `${this.owner.connection.id} received a message about ${result}, a result of query request ${queryRequest}, which it did not submit`);
    }
  }

  private queryRequestOfResult(result: string): number | undefined {
    return this.simulation.queryRequestOfRun(result);
  }
}

/** Which of the queries with one id an error is about that were not accepted: if possible one whose function did not fail. */
function mostLikely(unbound: readonly ClientQuery[]): ClientQuery | undefined {
  return unbound.find(({ handled }) => handled !== 'lost') ?? unbound[0];
}

function isInternal(terminalMessage: TerminalMessage | undefined): boolean {
  return terminalMessage?.message.type === 'error' && terminalMessage.message.code === 'internal';
}

/** Whether a query had been canceled before its `accepted` came, which was on its way. */
function wasCanceled({ terminalMessage, isBound }: ClientQuery, result: string): boolean {
  return !isBound && terminalMessage?.message.type === 'error' && terminalMessage.message.code === 'cancelled' && terminalMessage.message.result === result;
}
