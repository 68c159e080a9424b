import { shorten } from '../history';
import { atPort } from './port-calls';
import type { ConnectServices, MessageServices, Services } from '../../../src/runtime/model/services';
import type { Version } from '../scenario/deployments';
import type { World } from '../world';

/** What any function touches, and the version that it has. Only SendMessage has `results`. */
export type AllServices = Services & MessageServices & ConnectServices & { readonly version: Version };

/** What all invocations have in common. */
export type CommonServices = Omit<AllServices, 'clock' | 'log' | 'newName' | 'version' | 'queries' | 'target'>;

/** How an invocation of a function ended. */
export type Ended<T> =
  | { readonly state: 'returned'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'killed'; readonly reason: 'crash' | 'timeout' }
  | { readonly state: 'throttled' };

/** What a function does, with the ports and the time until which it must be done, in milliseconds since the epoch. */
export type FunctionBody<T> = (services: AllServices, deadline: number) => Promise<T>;

/** One run of a function, which may end at any moment. */
export class Invocation {
  public isAlive = true;
  public endedAt = Infinity;
  private readonly listeners: ((reason: 'crash' | 'timeout') => void)[] = [];

  /** `skew` is by how much its clock is off, in milliseconds. */
  constructor(public readonly name: string, private readonly world: World, public readonly skew: number) {}

  public now(): number {
    return this.world.clock.now() + this.skew;
  }

  public onKill(listener: (reason: 'crash' | 'timeout') => void): void {
    this.listeners.push(listener);
  }

  /** Ends the invocation at once: its pending calls never settle. */
  public kill(reason: 'crash' | 'timeout'): void {
    if (this.isAlive) {
      this.end();
      this.checkTimeout(reason);
      this.world.counts.add(reason);
      this.world.history.add(() => `${this.name} is killed: ${reason}`);
      this.listeners.forEach((listener) => listener(reason));
    }
  }

  /** P6: a function stops early enough when nothing fails, however slow the clients are. */
  private checkTimeout(reason: 'crash' | 'timeout'): void {
    if (reason === 'timeout' && this.world.faults.hits === 0) {
      this.world.broken('P6', `${this.name} was ended by its timeout, and nothing had failed`);
    }
  }

  /** From now on, its calls have no effect. */
  public end(): void {
    this.isAlive = false;
    this.endedAt = this.world.clock.now();
  }
}

/** Reserved before the timeout, so that a function can report unfinished work, in milliseconds. */
const REPORT_RESERVE = 1000;

/** Runs functions against the ports, each with its timeout. */
export class Invocations {
  private invocations = 0;
  private names = 0;

  constructor(private readonly world: World, private readonly services: CommonServices) {}

  public run<T>(functionName: string, timeout: number, body: FunctionBody<T>, ended: (how: Ended<T>) => void): void {
    const { clock, counts, history } = this.world;
    this.invocations += 1;
    if (this.isThrottled(functionName)) {
      counts.add(`invocation of ${functionName} throttled`);
      history.add(() => `${functionName} is throttled`);
      ended({ state: 'throttled' });
      return;
    }
    const invocation = new Invocation(`${functionName}-${this.invocations}`, this.world, this.newSkew());
    history.add(() => `${invocation.name} begins`);
    const finish = (how: Ended<T>) => {
      if (invocation.isAlive) {
        invocation.end();
        history.add(() => `${invocation.name} ${shorten(how)}`);
        ended(how);
      }
    };
    invocation.onKill((reason) => ended({ state: 'killed', reason }));
    clock.after(timeout, () => invocation.kill('timeout'), { background: true });
    body(this.servicesOf(invocation, functionName), invocation.now() + timeout - REPORT_RESERVE)
      .then((value) => finish({ state: 'returned', value }), (error) => finish({ state: 'failed', error }));
  }

  private isThrottled(functionName: string): boolean {
    const { clock, scenario: { throttles = [] } } = this.world;
    const now = clock.elapsed();
    return throttles.some(({ after, lasts, onlySendMessage }) => {
      return now >= after && now < after + lasts && (functionName === 'SendMessage' || !onlySendMessage);
    });
  }

  private newSkew(): number {
    const { counts, random, scenario: { clockSkewMs = 0 } } = this.world;
    if (clockSkewMs === 0) {
      return 0;
    }
    counts.add('invocation with a clock that is off');
    return random.between(-clockSkewMs, clockSkewMs);
  }

  private servicesOf(invocation: Invocation, functionName: string): AllServices {
    const { world, services } = this;
    const version = world.deployment.versionOf(functionName);
    const { queries, target } = version;
    return {
      ...services,
      version,
      queries,
      target,
      inlineWaitSeconds: functionName === 'OnMessage' ? world.scenario.settings.inlineWaitSeconds : undefined,
      statementApi: atPort(world, invocation, 'statementApi', services.statementApi),
      store: atPort(world, invocation, 'store', services.store),
      ...(functionName === 'SendMessage' ? { results: atPort(world, invocation, 'results', services.results) } : {}),
      connections: atPort(world, invocation, 'connections', services.connections),
      queue: atPort(world, invocation, 'queue', services.queue),
      deadLetters: atPort(world, invocation, 'deadLetters', services.deadLetters),
      clock: { now: () => invocation.now() },
      newName: () => `n${this.names += 1}`,
      log: (entry) => {
        world.history.add(() => `${invocation.name} logs ${shorten(entry)}`);
        if (entry.event === 'retries_exhausted') {
          world.counts.add('retries exhausted');
        }
      },
    };
  }
}
