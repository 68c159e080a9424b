import type { SimulatedQueue } from './simulated-queue';
import type { Statement } from './simulated-redshift';
import { isAwaited } from '../../../src/runtime/delivery/statement-event';
import type { World } from '../world';

/** Sends the end of each statement to the queue: late, twice or not at all, as the scenario determines. */
export class EventBus {
  private events = 0;

  constructor(private readonly world: World, private readonly queue: SimulatedQueue) {}

  public ended({ run, id, state, waitsUntil }: Statement): void {
    const { scenario: { events }, clock, counts } = this.world;
    const finished = state === 'finished' && !isAwaited(clock.now(), waitsUntil ?? NaN);
    const copies = events[this.events % events.length];
    this.events += 1;
    if (copies.length !== 1) {
      counts.add(copies.length === 0 ? 'event lost' : 'event delivered twice');
    }
    for (const after of copies) {
      clock.after(after, () => void this.queue.send({ type: 'run', run, statementId: id, finished, attempt: 1 }));
    }
  }
}
