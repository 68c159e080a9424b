import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';

type Call = (...inputs: any[]) => Promise<unknown>;

/** The names of the calls that a port has. */
export type CallOf<T> = { [K in keyof T]: T[K] extends Call ? K : never }[keyof T] & string;

/** Runs an action just before every call of a method. If the action throws, the call has no effect. */
export function beforeEvery<T extends object>(port: T, method: CallOf<T>, action: Call | ((...inputs: any[]) => void)): void {
  const original = port[method] as Call;
  (port as Record<string, unknown>)[method] = async (...inputs: unknown[]) => {
    await action(...inputs);
    return original.apply(port, inputs);
  };
}

/** Runs an action just before the next call of a method. */
export function beforeNext<T extends object>(port: T, method: CallOf<T>, action: Call | (() => void)): void {
  let isNext = true;
  beforeEvery(port, method, async () => {
    if (isNext) {
      isNext = false;
      await action();
    }
  });
}

/** Fails the next calls of a method without effect, one with each error; undefined lets a call through. */
export function failNext<T extends object>(port: T, method: CallOf<T>, ...errors: (Error | undefined)[]): void {
  beforeEvery(port, method, async () => {
    const error = errors.shift();
    if (error) {
      throw error;
    }
  });
}

/** Lets the next call of a method take effect, and then throws. */
export function failAfter<T extends object>(port: T, method: CallOf<T>, error: Error): void {
  const original = port[method] as Call;
  (port as Record<string, unknown>)[method] = async (...inputs: unknown[]) => {
    (port as Record<string, unknown>)[method] = original.bind(port);
    await original.apply(port, inputs);
    throw error;
  };
}

/** A fault of a call: the service is busy, the call fails, or the function crashes; before the call has its effect, or after. */
const INTERRUPTIONS = ['busy response before', 'busy response after', 'failure before', 'failure after', 'crash before', 'crash after'] as const;
export type InterruptionKind = typeof INTERRUPTIONS[number];

/** Each interruption of each of a function's calls. */
export function interruptionsOf(calls: readonly string[]): { readonly kind: InterruptionKind; readonly call: string; readonly nthCall: number }[] {
  return INTERRUPTIONS.flatMap((kind) => calls.map((call, index) => ({ kind, call, nthCall: index + 1 })));
}

/** An interruption of one of the calls of a function. */
export class Interruption {
  /** The calls so far, by name. */
  public readonly calls: string[] = [];

  /** `crash` ends the function: it never settles. */
  constructor(private readonly kind: InterruptionKind, private readonly nthCall: number, private readonly crash: () => Promise<never>) {}

  /** Counts the calls of a method, and interrupts the call with the number `nthCall`. */
  public watch<T extends object>(port: T, method: CallOf<T>): void {
    const original = port[method] as Call;
    (port as Record<string, unknown>)[method] = async (...inputs: unknown[]) => {
      this.calls.push(method);
      if (this.calls.length !== this.nthCall) {
        return original.apply(port, inputs);
      }
      if (this.kind.endsWith('after')) {
        await original.apply(port, inputs);
      }
      return this.throwFault();
    };
  }

  private async throwFault(): Promise<never> {
    switch (this.kind.split(' ')[0]) {
      case 'crash': return this.crash();
      case 'busy': throw this.kind.endsWith('before') ? new ThrottledError('throttled') : new ServiceBusyError('timed out');
      default: throw new Error('surprise');
    }
  }
}
