import { shorten } from '../history';
import type { Invocation } from './invocations';
import { ConnectionGoneError, ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { isPostFault } from '../scenario/faults';
import type { Fault, FaultKind, PortCall } from '../scenario/faults';
import type { World } from '../world';

type Arguments = readonly unknown[];
type Method = (...parameters: Arguments) => Promise<unknown>;

/** How long a call takes there and back, each, in milliseconds: from … to. */
const LATENCIES: Readonly<Record<string, readonly [number, number]>> = {
  statementApi: [15, 80],
  store: [1, 8],
  results: [3, 25],
  connections: [2, 20],
  queue: [2, 12],
  deadLetters: [2, 12],
};

const FAILS_WITHOUT_EFFECT: readonly FaultKind[] = ['throttled', 'busy before', 'error before', 'wrongly gone'];

/** A request that is on its way when its sender crashes still arrives within that time, in milliseconds. */
const ON_ITS_WAY = 1000;

/** The port as an invocation reaches it: every call takes time, may be hit by a fault, and ends with the invocation. */
export function atPort<T extends object>(world: World, invocation: Invocation, port: string, target: T): T {
  return new Proxy(target, {
    get: (_, method: string) => (...parameters: Arguments) => {
      const call = `${port}.${method}` as PortCall;
      return new PendingCall(world, invocation, call, parameters, (received) => {
        return bySkewedClock(world, invocation, () => (target as Record<string, Method>)[method](...received));
      }).result();
    },
  });
}

/** Has an effect at the time that the function has: the adapters of the table send it with every call. */
function bySkewedClock<T>({ clock }: World, { skew }: Invocation, effect: () => T): T {
  clock.skew = skew;
  try {
    return effect();
  } finally {
    clock.skew = 0;
  }
}

class PendingCall {
  private readonly fault?: Fault;

  constructor(
    private readonly world: World,
    private readonly invocation: Invocation,
    private readonly call: PortCall,
    private readonly parameters: Arguments,
    private readonly effect: (parameters: Arguments) => Promise<unknown>,
  ) {
    this.fault = invocation.isAlive ? world.faults.next(call) : undefined;
  }

  /** Settles through the clock; never once the invocation is dead. */
  public result(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.invocation.isAlive) {
        this.world.clock.after(this.latency() + this.slowness('slow before'), () => this.arrive(resolve, reject));
      }
    });
  }

  private arrive(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    const { invocation, world, fault } = this;
    if (world.clock.now() > invocation.endedAt + ON_ITS_WAY) {
      return;
    }
    if (fault !== undefined && isPostFault(fault.kind)) {
      world.faults.withLostMessages.add(String(this.parameters[0]));
    }
    if (fault?.kind === 'crash before') {
      this.record('crash before');
      invocation.kill('crash');
    } else if (fault !== undefined && FAILS_WITHOUT_EFFECT.includes(fault.kind)) {
      this.settle(() => reject(faultError(fault)), fault.kind);
    } else if (fault?.kind === 'lost') {
      this.settle(() => resolve(undefined), fault.kind);
    } else {
      const fail = (error: unknown) => this.settle(() => reject(error), error);
      this.effect(this.parametersThatArrive()).then((value) => this.respond(value, resolve, reject), fail);
    }
  }

  /** Of many messages sent at once some may be lost without the others. */
  private parametersThatArrive(): Arguments {
    const isPartial = this.call === 'queue.sendAll' && (this.fault?.kind === 'busy after' || this.fault?.kind === 'error after');
    return isPartial ? [(this.parameters[0] as unknown[]).filter((_, place) => place % 2 === 0)] : this.parameters;
  }

  private respond(value: unknown, resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    const { fault } = this;
    if (fault?.kind === 'crash after') {
      this.record('crash after');
      this.invocation.kill('crash');
    } else if (fault?.kind === 'busy after' || fault?.kind === 'error after') {
      this.settle(() => reject(faultError(fault)), fault.kind);
    } else {
      this.settle(() => resolve(value), value);
    }
  }

  private settle(action: () => void, outcome: unknown): void {
    this.record(outcome);
    this.world.clock.after(this.latency() + this.slowness('slow after'), () => {
      if (this.invocation.isAlive) {
        action();
      }
    });
  }

  private record(outcome: unknown): void {
    const { invocation, call, parameters } = this;
    this.world.history.add(() => `${invocation.name} ${call} ${parameters.map(shorten).join(' ')} → ${shorten(outcome)}`);
  }

  private latency(): number {
    const [least, most] = LATENCIES[this.call.slice(0, this.call.indexOf('.'))];
    const slowest = this.call === 'connections.post' ? this.world.scenario.postDelayMs ?? 0 : 0;
    return this.world.random.between(least, most) + (slowest > 0 ? this.world.random.between(0, slowest / 2) : 0);
  }

  private slowness(kind: 'slow before' | 'slow after'): number {
    return this.fault?.kind === kind ? this.fault.milliseconds : 0;
  }
}

function faultError({ kind }: Fault): Error {
  switch (kind) {
    case 'throttled': return new ThrottledError('throttled by a fault');
    case 'wrongly gone': return new ConnectionGoneError('reported as gone by a fault');
    case 'busy before':
    case 'busy after': return new ServiceBusyError('busy by a fault');
    default: return new Error('failed by a fault');
  }
}
