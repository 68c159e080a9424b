import type { LocalAws } from '../../../local/aws';
import { eventually } from '../eventually';

/** More than any visibility timeout, and any delay of a job that is retried or checked. */
const DELAY_SECONDS = 120;

/**
 * Repeats the expectations until they hold. Ends delays and visibility timeouts in queues whenever no function has a message to process, so that
 * nothing waits.
 */
export async function eventuallyAfterDelays(aws: LocalAws, expectations: () => Promise<void> | void): Promise<void> {
  await eventually(async () => {
    if (aws.pendingInvocations() === 0 && Object.values(aws.queueDepths()).every(({ visible }) => visible === 0)) {
      aws.advanceQueues(DELAY_SECONDS);
    }
    await expectations();
  });
}
