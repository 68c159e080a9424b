import type { Clock } from '../../src/runtime/model/ports';

interface Planned {
  readonly time: number;
  readonly sequence: number;
  readonly background: boolean;
  readonly action: () => void;
}

/** When every simulation begins, in milliseconds since the epoch. */
export const SIMULATION_START = Date.UTC(2026, 0, 5, 9);

/** Time that passes only from one planned action to the next; what is planned for the same time happens in the order in which it was planned. */
export class VirtualClock implements Clock {
  private time = SIMULATION_START;
  private sequence = 0;
  private foreground = 0;
  private isStopped = false;
  /** By how much the clock of the function is off whose call has its effect, in milliseconds. */
  public skew = 0;
  /** How many actions have happened. */
  public actions = 0;
  private readonly heap: Planned[] = [];

  public now(): number {
    return this.time;
  }

  /** The time by the clock of the function whose call has its effect. */
  public skewedNow(): number {
    return this.time + this.skew;
  }

  /** Milliseconds since the beginning. */
  public elapsed(): number {
    return this.time - SIMULATION_START;
  }

  /** Runs an action after the given milliseconds. Actions in the background do not keep the clock running. */
  public after(milliseconds: number, action: () => void, { background = false } = {}): void {
    this.sequence += 1;
    this.foreground += background ? 0 : 1;
    push(this.heap, { time: this.time + Math.max(0, milliseconds), sequence: this.sequence, background, action });
  }

  /**
   * Runs all planned actions while one of them is not in the background, or, with `background`, until none is left; but
   * none after the given time, and no more actions in total than the given number.
   */
  public async run({ background = false, until = Infinity, most = Infinity } = {}): Promise<void> {
    while (!this.isStopped && this.actions < most && this.heap.length > 0 && (background || this.foreground > 0) && this.heap[0].time <= until) {
      const next = pop(this.heap);
      this.actions += 1;
      this.foreground -= next.background ? 0 : 1;
      this.time = next.time;
      next.action();
      await settled();
    }
  }

  /** Nothing that is planned happens any more. */
  public stop(): void {
    this.isStopped = true;
  }

  /** Whether something is planned that is not in the background. */
  public isBusy(): boolean {
    return this.foreground > 0;
  }

  /** Lets time pass in which nothing is planned. */
  public skipTo(time: number): void {
    this.time = Math.max(this.time, time);
  }
}

/** Ends after everything that follows from promises: nothing in a simulation waits for anything else. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.time < other.time || (one.time === other.time && one.sequence < other.sequence);
}

function push(heap: Planned[], item: Planned): void {
  let place = heap.length;
  heap.push(item);
  while (place > 0) {
    const parent = Math.floor((place - 1) / 2);
    if (!isBefore(item, heap[parent])) {
      break;
    }
    heap[place] = heap[parent];
    place = parent;
  }
  heap[place] = item;
}

function pop(heap: Planned[]): Planned {
  const first = heap[0];
  const last = heap.pop()!;
  if (heap.length > 0) {
    sink(heap, last);
  }
  return first;
}

function sink(heap: Planned[], item: Planned): void {
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    if (left >= heap.length) {
      break;
    }
    const child = left + 1 < heap.length && isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!isBefore(heap[child], item)) {
      break;
    }
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = item;
}
