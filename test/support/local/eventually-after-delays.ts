import type { LocalAws } from '../../../local/aws';
import { eventually } from '../eventually';

/** More than any delay of a job that is retried or checked. */
const DELAY_SECONDS = 120;

/** Repeats the expectations until they hold. Ends the delays of messages in queues whenever no function has a message to process, so that nothing waits. */
export async function eventuallyAfterDelays(aws: LocalAws, expectations: () => Promise<void> | void): Promise<void> {
  await eventually(async () => {
    if (Object.values(aws.queueDepths()).every(({ visible, inFlight }) => visible + inFlight === 0)) {
      aws.advanceQueues(DELAY_SECONDS);
    }
    await expectations();
  });
}
