import { MessageReader } from './client/message-reader';
import { SimulatedClient } from './client/simulated-client';
import { Counts } from './counts';
import { History } from './history';
import { Random } from './random';
import { checkOutcomes, checkLeftovers } from './rules/promises';
import { checkStart } from './rules/start-rule';
import { Deployment } from './scenario/deployments';
import { FaultPlan } from './scenario/faults';
import { queryRequestOf } from './scenario/query-requests';
import type { Scenario } from './scenario/scenario';
import { EventBus } from './services/event-bus';
import { Invocations } from './services/invocations';
import { RecordedResults } from './services/recorded-results';
import { RecordedStore } from './services/recorded-store';
import { SimulatedApi } from './services/simulated-api';
import { SimulatedQueue } from './services/simulated-queue';
import { SimulatedRedshift } from './services/simulated-redshift';
import { SIMULATION_START, VirtualClock } from './virtual-clock';
import type { PromiseName, World } from './world';
import { DynamoDbTable } from '../../src/runtime/aws/dynamodb/dynamodb-table';
import { RecentRejections } from '../../src/runtime/model/recent-rejections';
import { MemoryDocuments } from '../support/memory/memory-documents';

/** A promise that was broken, and when. */
export interface BrokenPromise {
  readonly promise: PromiseName;
  readonly what: string;
  /** Seconds since the beginning. */
  readonly at: number;
}

export interface SimulationResult {
  readonly broken: readonly BrokenPromise[];
  readonly counts: Readonly<Record<string, number>>;
  readonly history: readonly string[];
}

const HOUR = 60 * 60 * 1000;
/** The maximum duration of a scenario. */
const LONGEST_REST = 16 * HOUR;
/** Several times as many as any scenario needs. */
const MOST_ACTIONS = 150_000;

/** The simulation of one scenario. */
export class Simulation {
  public readonly world: World;
  public readonly documents = new MemoryDocuments();
  public readonly store: RecordedStore;
  public readonly results: RecordedResults;
  public readonly redshift: SimulatedRedshift;
  public readonly queue: SimulatedQueue;
  public readonly api: SimulatedApi;
  public readonly reader: MessageReader;
  public readonly clients: readonly SimulatedClient[];
  public readonly broken: BrokenPromise[] = [];

  constructor(scenario: Scenario, recordsHistory: boolean) {
    this.world = this.newWorld(scenario, recordsHistory);
    const { clock, counts } = this.world;
    const functionClock = { now: () => clock.skewedNow() };
    const table = new DynamoDbTable(this.documents.client(), 'table', functionClock);
    this.store = new RecordedStore(table, this.world);
    this.results = new RecordedResults(table, functionClock, counts);
    this.queue = new SimulatedQueue(this.world, () => functions);
    const bus = new EventBus(this.world, this.queue);
    this.redshift = new SimulatedRedshift(this.world, (statement) => checkStart(this, statement), (statement) => bus.ended(statement));
    this.api = new SimulatedApi(this.world, () => functions);
    const functions: Invocations = new Invocations(this.world, {
      statementApi: this.redshift,
      store: this.store,
      results: this.results,
      connections: this.api,
      queue: this.queue,
      deadLetters: { add: async (message) => this.queue.addDeadLetter(message) },
      recentRejections: new RecentRejections(functionClock),
      maxQueriesPerConnection: scenario.settings.maxQueriesPerConnection,
      maxQueriesPerCaller: scenario.settings.maxQueriesPerCaller,
      identifiesCallers: scenario.settings.maxQueriesPerCaller !== undefined,
      throttle: { messagesPerSecond: 1000, burst: 2000 },
      credentialKeys: [],
    });
    this.reader = new MessageReader(this.world, this.redshift);
    this.clients = scenario.clients.map((plan) => new SimulatedClient(this, plan));
    counts.add('simulation');
  }

  /** Whether nothing has failed, so that nothing needs to be sent twice. */
  public get isFaultless(): boolean {
    return this.world.faults.hits === 0 && this.world.counts.of('post to a full client') === 0;
  }

  /** The query request of a run; undefined for a run that was never stored. */
  public queryRequestOfRun(run: string): number | undefined {
    const known = this.store.lastKnown(run);
    return known && queryRequestOf(known.parameters);
  }

  /** Runs the scenario, redrives the dead letters once, and checks the promises. Stops at the first broken promise. */
  public async run(): Promise<SimulationResult> {
    for (const phase of [this.live, this.replay, this.closeDown]) {
      if (this.broken.length === 0) {
        await phase.call(this);
      }
    }
    return { broken: this.broken, counts: this.world.counts.all(), history: this.world.history.lines };
  }

  private async live(): Promise<void> {
    await this.rest({ until: LONGEST_REST });
  }

  private async replay(): Promise<void> {
    const { clock, faults, counts, history } = this.world;
    faults.enabled = false;
    const replayed = this.queue.replay();
    counts.add('dead letter sent back', replayed);
    history.add(() => `${replayed} dead letters are sent back`);
    await this.rest({ until: clock.elapsed() + LONGEST_REST });
    if (this.broken.length === 0) {
      checkOutcomes(this, replayed);
    }
  }

  private async closeDown(): Promise<void> {
    await this.rest({ until: this.world.clock.elapsed() + LONGEST_REST, background: true });
    if (this.broken.length === 0) {
      checkLeftovers(this);
    }
  }

  private async rest({ until, background = false }: { until: number; background?: boolean }): Promise<void> {
    const { clock } = this.world;
    await clock.run({ until: SIMULATION_START + until, background, most: MOST_ACTIONS });
    if (this.broken.length === 0 && clock.isBusy()) {
      this.world.broken('P5', `it does not come to rest: ${clock.actions} actions in ${clock.elapsed() / 1000} s`);
    }
  }

  private newWorld(scenario: Scenario, recordsHistory: boolean): World {
    const clock = new VirtualClock();
    const counts = new Counts();
    const history = new History(clock, recordsHistory);
    const random = new Random(scenario.random);
    return {
      scenario,
      clock,
      counts,
      history,
      random,
      deployment: new Deployment({ scenario, clock, random, counts }),
      faults: new FaultPlan(scenario.faults, (kind) => counts.add(`fault: ${kind}`)),
      broken: (promise, what) => {
        history.add(() => `BROKEN ${promise}: ${what}`);
        this.broken.push({ promise, what, at: clock.elapsed() / 1000 });
        clock.stop();
      },
    };
  }
}
