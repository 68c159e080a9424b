import { randomUUID } from 'node:crypto';
import { invalidParameter, refuseMembers, wholeNumber } from './input';
import type { Queue } from './queue';
import type { Queues } from './queues';
import { AwsError } from '../http';

/** How a task ended, as SQS tells it. */
interface MoveTask {
  readonly Status: 'COMPLETED' | 'FAILED';
  readonly SourceArn: string;
  readonly DestinationArn?: string;
  readonly MaxNumberOfMessagesPerSecond?: number;
  readonly ApproximateNumberOfMessagesMoved: number;
  readonly ApproximateNumberOfMessagesToMove: number;
  readonly FailureReason?: string;
  readonly StartedTimestamp: number;
}

const MAXIMUM_MESSAGES_PER_SECOND = 500;
const MAXIMUM_RESULTS = 10;

/** The tasks that send dead letters back. A task moves all that is visible at once, whatever rate it is given. */
export class MoveTasks {
  private readonly tasks: MoveTask[] = [];

  constructor(private readonly queues: Queues) {}

  /** Without a destination each message goes to the queue that it came from; a message sent to the dead-letter queue directly ends the task. */
  public start(input: Record<string, unknown>): unknown {
    const { SourceArn: sourceArn, DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond: rate, ...rest } = input;
    refuseMembers(rest);
    const source = this.source(sourceArn);
    const destination = destinationArn === undefined ? undefined : this.queue(destinationArn);
    if (destination === source) {
      throw invalidParameter('SourceArn and DestinationArn name the same queue');
    }
    const givenRate = rate === undefined
      ? {}
      : { MaxNumberOfMessagesPerSecond: wholeNumber('MaxNumberOfMessagesPerSecond', rate, 1, MAXIMUM_MESSAGES_PER_SECOND) };
    const toMove = source.depth().visible;
    const moved = source.redrive(({ deadLetterSource }) => destination ?? this.queues.find(deadLetterSource ?? ''));
    this.tasks.unshift({
      ...moved === toMove ? { Status: 'COMPLETED' } : { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
      SourceArn: source.plan.arn,
      ...destination === undefined ? {} : { DestinationArn: destination.plan.arn },
      ...givenRate,
      ApproximateNumberOfMessagesMoved: moved,
      ApproximateNumberOfMessagesToMove: toMove,
      StartedTimestamp: Date.now(),
    });
    return { TaskHandle: randomUUID() };
  }

  /** The latest tasks of a dead-letter queue, the last one first. */
  public list({ SourceArn: sourceArn, MaxResults: maximum = 1, ...rest }: Record<string, unknown>): unknown {
    refuseMembers(rest);
    const { plan } = this.source(sourceArn);
    return { Results: this.tasks.filter((task) => task.SourceArn === plan.arn).slice(0, wholeNumber('MaxResults', maximum, 1, MAXIMUM_RESULTS)) };
  }

  private source(arn: unknown): Queue {
    const source = this.queue(arn);
    if (!this.queues.takesDeadLetters(source)) {
      throw invalidParameter(`the queue ${source.plan.arn} is the dead-letter queue of no other queue`);
    }
    return source;
  }

  private queue(arn: unknown): Queue {
    const queue = this.queues.find(String(arn));
    if (queue === undefined) {
      throw new AwsError('ResourceNotFoundException', `the queue ${String(arn)} does not exist`, 404, 'ResourceNotFoundException');
    }
    return queue;
  }
}
