import { TokenBucket } from './token-bucket';
import { StatementRejectedError, ThrottledError } from '../../../src/runtime/model/errors';
import type { Cell, ResultPage, StartedStatement, StatementDescription, StatementToStart, StatementApi } from '../../../src/runtime/model/ports';
import type { StatementTarget } from '../../../src/runtime/model/statement-target';
import { incompressible } from '../../support/incompressible';
import { queryRequestOf } from '../scenario/query-requests';
import type { QueryRequestNumber, StatementPlan } from '../scenario/scenario';
import type { World } from '../world';

/** A statement of Redshift. */
export interface Statement {
  readonly id: string;
  readonly run: string;
  readonly waitsUntil?: number;
  readonly queryRequest: QueryRequestNumber;
  readonly sql: string;
  readonly target: StatementTarget;
  readonly plan: StatementPlan;
  readonly startedAt: number;
  state: StatementDescription['state'];
  endedAt?: number;
  /** When its cancellation was first requested. */
  cancelledAt?: number;
}

const NOISE = incompressible(1_000_000, 'simulated Redshift');
/** More than the widest row, so that the strings of adjacent rows have nothing in common. */
const NOISE_STEP = 41_011;

/** The rates of an account, a second. */
const RATES = { start: 30, describe: 100, fetchPage: 20, cancel: 3 };

/** Of so many waits, one is rejected, or its response has no status. */
const WAITS_PER_FAILURE = 8;

export const COLUMNS = [{ name: 'statement', type: 'varchar' }, { name: 'number', type: 'int8' }, { name: 'text', type: 'varchar' }];

/** The Redshift Data API with statements that take virtual time. */
export class SimulatedRedshift implements StatementApi {
  public readonly statements: Statement[] = [];
  /** Runs whose start was rejected permanently. */
  public readonly rejected = new Set<string>();
  /** Runs whose start in the old database the policies denied after a deployment; true when all jobs had the new version by then. */
  public readonly denied = new Map<string, boolean>();
  private readonly byRun = new Map<string, Statement>();
  private readonly byId = new Map<string, Statement>();
  private readonly waiting = new Map<Statement, (() => void)[]>();
  private readonly buckets: Record<keyof typeof RATES, TokenBucket>;
  private plans = 0;

  constructor(
    private readonly world: World,
    private readonly starts: (statement: Statement) => Promise<void>,
    private readonly ended: (statement: Statement) => void,
  ) {
    const { clock, scenario: { settings: { shareOfRates } } } = world;
    const bucket = (rate: number) => new TokenBucket(clock, rate * shareOfRates);
    this.buckets = {
      start: bucket(RATES.start),
      describe: bucket(RATES.describe),
      fetchPage: bucket(RATES.fetchPage),
      cancel: bucket(RATES.cancel),
    };
  }

  public statementOf(run: string): Statement | undefined {
    return this.byRun.get(run);
  }

  public active(): Statement[] {
    return this.statements.filter(({ state }) => state === 'running');
  }

  public async start(statement: StatementToStart, waitSeconds = 0): Promise<StartedStatement> {
    const sentAt = this.world.clock.now();
    const statementId = await this.startNow(statement);
    return waitSeconds === 0 ? { statementId } : { statementId, description: await this.waitForEnd(this.find(statementId), sentAt, waitSeconds) };
  }

  private async startNow(statement: StatementToStart): Promise<string> {
    const { run, target } = statement;
    this.take('start');
    if (this.world.deployment.isRevoked(target)) {
      this.rejected.add(run);
      this.denied.set(run, this.world.deployment.isDone('SendMessage'));
      this.world.counts.add('start denied after a deployment');
      throw new StatementRejectedError('no permission for this database');
    }
    const known = this.byRun.get(run);
    if (known) {
      return known.id;
    }
    if (this.rejected.has(run)) {
      throw new StatementRejectedError('no permission');
    }
    if (this.active().length >= this.world.scenario.settings.activeStatements) {
      this.world.counts.add('too many active statements');
      throw new ThrottledError('too many active statements');
    }
    const plan = this.nextPlan();
    if (plan.outcome === 'rejected') {
      this.rejected.add(run);
      throw new StatementRejectedError('no permission');
    }
    return this.begin(statement, plan);
  }

  /** Like the adapter, returns no description when the wait is rejected, or when the response has no status. */
  private async waitForEnd(statement: Statement, sentAt: number, seconds: number): Promise<StatementDescription | undefined> {
    const { clock, counts, random } = this.world;
    if (random.between(1, WAITS_PER_FAILURE) === 1) {
      counts.add('wait failed');
      return undefined;
    }
    await this.endOrTimeout(statement, seconds * 1000);
    if (statement.state === 'running') {
      counts.add('wait ended before the statement');
      return undefined;
    }
    counts.add('statement ended during the wait');
    const description = this.descriptionOf(statement);
    return description.state === 'finished' ? { ...description, runningMs: clock.now() - sentAt } : description;
  }

  public async describe(statementId: string): Promise<StatementDescription> {
    this.take('describe');
    return this.descriptionOf(this.find(statementId));
  }

  public async fetchPage(statementId: string, token = '0'): Promise<ResultPage> {
    this.take('fetchPage');
    const statement = this.find(statementId);
    if (statement.state !== 'finished' || statement.plan.outcome !== 'rows') {
      throw new StatementRejectedError(`the statement ${statementId} has no result: it is ${statement.state}`);
    }
    const { rows, rowsOfPage } = statement.plan;
    const first = Number(token);
    const next = first + rowsOfPage;
    return { columns: COLUMNS, rows: rowsOf(statement, first, Math.min(next, rows)), nextToken: next < rows ? String(next) : undefined };
  }

  public async cancel(statementId: string): Promise<void> {
    this.take('cancel');
    const statement = this.find(statementId);
    if (statement.state === 'running' && statement.cancelledAt === undefined) {
      statement.cancelledAt = this.world.clock.now();
      this.world.counts.add('statement cancelled');
      this.world.clock.after(statement.plan.cancelTakes, () => this.end(statement, 'aborted'));
    }
  }

  private nextPlan(): StatementPlan {
    const { statements } = this.world.scenario;
    this.plans += 1;
    return statements[(this.plans - 1) % statements.length];
  }

  private async begin({ run, waitsUntil, sql, target, parameters }: StatementToStart, plan: StatementPlan): Promise<string> {
    const queryRequest = queryRequestOf(parameters);
    const { clock, history, counts } = this.world;
    const statement: Statement = { id: `s${this.statements.length + 1}`, run, waitsUntil, queryRequest, sql, target, plan, startedAt: clock.now(), state: 'running' };
    await this.starts(statement);
    this.statements.push(statement);
    this.byRun.set(run, statement);
    this.byId.set(statement.id, statement);
    counts.add('statement started');
    history.add(() => `Redshift runs ${statement.id} of ${run}, query request ${queryRequest}, for ${plan.runsFor} ms: ${plan.outcome}`);
    clock.after(plan.runsFor, () => this.end(statement, endState(plan)));
    return statement.id;
  }

  private end(statement: Statement, state: Statement['state']): void {
    if (statement.state === 'running') {
      statement.state = state;
      statement.endedAt = this.world.clock.now();
      this.world.history.add(() => `Redshift: ${statement.id} is ${state}`);
      this.ended(statement);
      this.waiting.get(statement)?.forEach((resolve) => resolve());
      this.waiting.delete(statement);
    }
  }

  private descriptionOf({ state, plan, startedAt, endedAt }: Statement): StatementDescription {
    return {
      state,
      ...(state === 'failed' ? { error: 'ERROR: division by zero' } : {}),
      hasResultSet: plan.outcome === 'rows',
      runningMs: (endedAt ?? this.world.clock.now()) - startedAt,
      endedAt,
    };
  }

  private async endOrTimeout(statement: Statement, milliseconds: number): Promise<void> {
    if (statement.state === 'running') {
      await new Promise<void>((resolve) => {
        this.world.clock.after(milliseconds, resolve);
        this.waiting.set(statement, [...this.waiting.get(statement) ?? [], resolve]);
      });
    }
  }

  private find(statementId: string): Statement {
    const statement = this.byId.get(statementId);
    if (!statement) {
      throw new StatementRejectedError(`no statement ${statementId}`);
    }
    return statement;
  }

  private take(operation: keyof typeof RATES): void {
    if (!this.buckets[operation].take()) {
      this.world.counts.add(`rate of ${operation} exceeded`);
      throw new ThrottledError('Rate exceeded');
    }
  }
}

function endState({ outcome }: StatementPlan): Statement['state'] {
  return outcome === 'fails' ? 'failed' : outcome === 'aborted' ? 'aborted' : 'finished';
}

function* rowsOf({ id, plan }: Statement, first: number, end: number): Generator<readonly Cell[]> {
  for (let number = first; number < end; number += 1) {
    yield [id, number, stringOf(plan, number)];
  }
}

/** The widest column of a row. */
export function stringOf({ width, compresses }: StatementPlan, number: number): string {
  const first = number * NOISE_STEP % (NOISE.length - width);
  return compresses ? 'x'.repeat(width) : NOISE.slice(first, first + width);
}
