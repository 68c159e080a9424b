/** The calls of the ports, each of which can be hit by a fault. */
export const PORT_CALLS = [
  'statementApi.start',
  'statementApi.describe',
  'statementApi.fetchPage',
  'statementApi.cancel',
  'store.createRequest',
  'store.moveRequest',
  'store.slotsInUse',
  'store.endRequest',
  'store.requests',
  'store.acquireRequest',
  'store.takeOverRequest',
  'store.cancelInAdvance',
  'store.saveRequest',
  'store.allowMore',
  'store.storeEarlyCredit',
  'store.earlyCredits',
  'store.removeRequest',
  'store.createIdentity',
  'store.identity',
  'store.removeIdentity',
  'store.cachedRun',
  'store.expireCachedRun',
  'store.run',
  'store.acquireRun',
  'store.saveRun',
  'store.removeRun',
  'store.unsubscribe',
  'store.subscribers',
  'results.store',
  'results.find',
  'connections.post',
  'connections.close',
  'queue.send',
  'queue.sendAll',
  'deadLetters.add',
] as const;

export type PortCall = typeof PORT_CALLS[number];

/**
 * What happens to a call: an error, or the end of the whole invocation, before the call has an effect or after it; or it takes long, before its
 * effect or after it.
 */
export const FAULT_KINDS = [
  'throttled',
  'busy before',
  'busy after',
  'error before',
  'error after',
  'crash before',
  'crash after',
  'slow before',
  'slow after',
] as const;

/**
 * What also happens to a post: API Gateway reports a connection as gone (410) that is open, or accepts a message that never reaches its client.
 */
export const POST_FAULT_KINDS = ['wrongly gone', 'lost'] as const;

export type FaultKind = typeof FAULT_KINDS[number] | typeof POST_FAULT_KINDS[number];

export interface Fault {
  /** The call it hits, or any. */
  readonly call: PortCall | 'any';
  /** How many such calls come before. */
  readonly nth: number;
  /** How many such calls in a row it hits. */
  readonly times: number;
  readonly kind: FaultKind;
  /** How long a slow call takes. */
  readonly milliseconds: number;
}

/** The faults of a scenario, and which of them have happened. */
export class FaultPlan {
  /** How many calls were hit. */
  public hits = 0;
  public enabled = true;
  /** The connections whose clients did not receive something that the service takes for sent, or for which the service takes them for gone. */
  public readonly withLostMessages = new Set<string>();
  private readonly calls = new Map<string, number>();

  constructor(private readonly faults: readonly Fault[], private readonly happened: (kind: FaultKind) => void) {}

  /** The fault that hits the next call of this name, if any. */
  public next(call: PortCall): Fault | undefined {
    const nth = this.count(call);
    const nthOfAll = this.count('any');
    const hit = this.enabled ? this.faults.find((fault) => isHit(fault, fault.call === 'any' ? nthOfAll : fault.call === call ? nth : -1)) : undefined;
    if (hit) {
      this.hits += 1;
      this.happened(hit.kind);
    }
    return hit;
  }

  /** Whether any client may fail to receive something. */
  public get losesMessages(): boolean {
    return this.faults.some(({ kind }) => isPostFault(kind));
  }

  private count(call: string): number {
    const nth = this.calls.get(call) ?? 0;
    this.calls.set(call, nth + 1);
    return nth;
  }
}

export function isPostFault(kind: FaultKind): boolean {
  return (POST_FAULT_KINDS as readonly FaultKind[]).includes(kind);
}

function isHit({ nth, times }: Fault, call: number): boolean {
  return call >= nth && call < nth + times;
}
