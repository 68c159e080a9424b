import * as fc from 'fast-check';
import type { Scenario, Settings } from './scenario';
import type { Queries } from '../../../src/runtime/model/query-request';
import type { StatementTarget } from '../../../src/runtime/model/statement-target';
import type { World } from '../world';

/** The functions that submit queries or work on them. A deployment updates each at a time of its own. */
export const DEPLOYED_FUNCTIONS = ['OnConnect', 'OnMessage', 'SendMessage'] as const;

export type DeployedFunction = typeof DEPLOYED_FUNCTIONS[number];

/** What differs in the new version. */
export interface Changes {
  /** The SQL of every query. */
  readonly sql: boolean;
  readonly timeLimit: boolean;
  readonly maxRows: boolean;
  /** The database. */
  readonly target: boolean;
  /** The name of the parameter `month`, which becomes `period`. */
  readonly parameter: boolean;
  /** The query `everything`, which only the new version has. */
  readonly query: boolean;
}

/** An update of the functions, from an old version to a new one; times are in milliseconds. */
export interface DeploymentPlan {
  /** Counted from the beginning. */
  readonly after: number;
  /** When the first invocation of the new version begins, counted from `after`, and for how long invocations of both versions begin. */
  readonly switches: Readonly<Record<DeployedFunction, { readonly after: number; readonly lasts: number }>>;
  readonly changes: Changes;
  /** When the policies stop allowing the old database, counted from `after`. */
  readonly revokedAfter: number;
}

/** A version of the definitions and of the target. */
export interface Version {
  readonly isNew: boolean;
  readonly settings: Settings;
  readonly queries: Queries;
  readonly target: StatementTarget;
  /** What clients call the parameter of the query without a name. */
  readonly monthParameter: 'month' | 'period';
}

const NO_CHANGES: Changes = { sql: false, timeLimit: false, maxRows: false, target: false, parameter: false, query: false };
const NEW_MAXIMUM_ROWS = 7;

/** Which version each invocation of a function has. */
export class Deployment {
  public readonly versions: readonly [old: Version, new: Version];
  private readonly plan?: DeploymentPlan;

  constructor(private readonly world: Pick<World, 'scenario' | 'clock' | 'random' | 'counts'>) {
    const { settings, deployment } = world.scenario;
    this.plan = deployment;
    this.versions = [versionOf(settings, NO_CHANGES, deployment), versionOf(settings, deployment?.changes ?? NO_CHANGES)];
  }

  /** The version of an invocation that begins now; the old one of a function that runs no queries. */
  public versionOf(functionName: string): Version {
    const name = DEPLOYED_FUNCTIONS.find((deployed) => deployed === functionName);
    if (this.plan === undefined || name === undefined) {
      return this.versions[0];
    }
    const isNew = this.isNew(name);
    this.world.counts.add(`invocation of ${name}, ${isNew ? 'new' : 'old'} version`);
    return this.versions[isNew ? 1 : 0];
  }

  /** The version that clients are written for now. */
  public versionOfClients(): Version {
    return this.versions[this.hasBegun('OnMessage') ? 1 : 0];
  }

  /** Whether all invocations of a function that begin now have the new version. */
  public isDone(functionName: DeployedFunction): boolean {
    return this.plan === undefined || this.sinceSwitch(functionName) >= this.plan.switches[functionName].lasts;
  }

  /** Whether the policies no longer allow statements in a database. */
  public isRevoked(target: StatementTarget): boolean {
    const { plan, versions: [old], world: { clock } } = this;
    const isRevoked = plan !== undefined && plan.changes.target && clock.elapsed() >= plan.after + plan.revokedAfter;
    return isRevoked && target.databaseName === old.target.databaseName;
  }

  private isNew(name: DeployedFunction): boolean {
    return this.hasBegun(name) && (this.isDone(name) || this.world.random.next() < 0.5);
  }

  private hasBegun(functionName: DeployedFunction): boolean {
    return this.plan !== undefined && this.sinceSwitch(functionName) >= 0;
  }

  private sinceSwitch(functionName: DeployedFunction): number {
    const { after, switches } = this.plan!;
    return this.world.clock.elapsed() - after - switches[functionName].after;
  }
}

/** The version with the changes; the old version lacks the query that the new one adds. */
function versionOf(settings: Settings, changes: Changes, next?: DeploymentPlan): Version {
  const limited = {
    ...settings,
    timeoutSeconds: settings.timeoutSeconds * (changes.timeLimit ? 2 : 1),
    maxRows: changes.maxRows ? NEW_MAXIMUM_ROWS : settings.maxRows,
  };
  const monthParameter = changes.parameter ? 'period' : 'month';
  const queries = queriesOf(limited, monthParameter, changes.sql ? ' WHERE 1 = 1' : '');
  const { everything, ...others } = queries;
  return {
    isNew: next === undefined,
    settings: limited,
    queries: next?.changes.query ? others : { ...others, everything },
    target: { databaseName: changes.target ? 'new' : 'dev' },
    monthParameter,
  };
}

function queriesOf(settings: Settings, monthParameter: Version['monthParameter'], condition: string): Queries {
  const { timeoutSeconds, resultReuseSeconds, resultRetentionSeconds, maxRows, maxResultBytes } = settings;
  const limits = { timeoutSeconds, reconnectGraceSeconds: 10, resultReuseSeconds, resultRetentionSeconds, maxRows, maxResultBytes };
  const string = { kind: 'string', minLength: 1, maxLength: 20 } as const;
  return {
    default: { sql: `SELECT :${monthParameter}${condition}`, parameters: { [monthParameter]: string }, ...limits },
    everything: { sql: `SELECT 1${condition}`, parameters: {}, ...limits },
    own: { sql: `SELECT :tenant${condition}`, parameters: { tenant: { ...string, claim: 'tenant_id' } }, ...limits },
  };
}

const switchTime = fc.record({ after: fc.oneof(fc.nat(2000), fc.nat(20_000)), lasts: fc.constantFrom(0, 1000, 10_000) });

const plan: fc.Arbitrary<DeploymentPlan> = fc.record({
  after: fc.oneof(fc.nat(3000), fc.nat(30_000)),
  switches: fc.record({ OnConnect: switchTime, OnMessage: switchTime, SendMessage: switchTime }),
  changes: fc.record({
    sql: fc.boolean(), timeLimit: fc.boolean(), maxRows: fc.boolean(), target: fc.boolean(), parameter: fc.boolean(), query: fc.boolean(),
  }),
  revokedAfter: fc.nat(60_000),
});

/** The scenario, and a deployment in the middle of it. */
export function deployedDuring(scenario: fc.Arbitrary<Scenario>): fc.Arbitrary<Scenario> {
  return fc.tuple(scenario, plan).map(([drawn, deployment]) => ({ ...drawn, deployment }));
}
