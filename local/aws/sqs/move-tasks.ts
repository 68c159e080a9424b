import { randomUUID } from 'node:crypto';
import { invalidParameter, checkMembers, integer } from './input';
import type { Queue } from './queue';
import type { Queues } from './queues';
import { AwsError } from '../http';

/** A message move task. */
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

const MAX_MESSAGES_PER_SECOND = 500;
const MAX_RESULTS = 10;

/** The message move tasks of dead-letter queues. A task moves all visible messages immediately and ignores the rate. */
export class MoveTasks {
  private readonly tasks: MoveTask[] = [];

  constructor(private readonly queues: Queues) {}

  /** Starts a task. Without a destination, messages move to their source queue. The task fails at a message without a source queue. */
  public start(input: Record<string, unknown>): unknown {
    const { SourceArn: sourceArn, DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond: rate, ...rest } = input;
    checkMembers(rest);
    const source = this.source(sourceArn);
    const destination = destinationArn === undefined ? undefined : this.queue(destinationArn);
    if (destination === source) {
      throw invalidParameter('SourceArn and DestinationArn must be different queues.');
    }
    const rateLimit = rate === undefined
      ? {}
      : { MaxNumberOfMessagesPerSecond: integer('MaxNumberOfMessagesPerSecond', rate, 1, MAX_MESSAGES_PER_SECOND) };
    const toMove = source.depth().visible;
    const moved = source.redrive(({ deadLetterSource }) => destination ?? this.queues.find(deadLetterSource ?? ''));
    this.tasks.unshift({
      ...moved === toMove ? { Status: 'COMPLETED' } : { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
      SourceArn: source.plan.arn,
      ...destination === undefined ? {} : { DestinationArn: destination.plan.arn },
      ...rateLimit,
      ApproximateNumberOfMessagesMoved: moved,
      ApproximateNumberOfMessagesToMove: toMove,
      StartedTimestamp: Date.now(),
    });
    return { TaskHandle: randomUUID() };
  }

  /** Lists the tasks of a dead-letter queue, newest first. */
  public list({ SourceArn: sourceArn, MaxResults: maxResults = 1, ...rest }: Record<string, unknown>): unknown {
    checkMembers(rest);
    const { plan } = this.source(sourceArn);
    return { Results: this.tasks.filter((task) => task.SourceArn === plan.arn).slice(0, integer('MaxResults', maxResults, 1, MAX_RESULTS)) };
  }

  private source(arn: unknown): Queue {
    const source = this.queue(arn);
    if (!this.queues.isDeadLetterQueue(source)) {
      throw invalidParameter(`The queue ${source.plan.arn} isn't a dead-letter queue.`);
    }
    return source;
  }

  private queue(arn: unknown): Queue {
    const queue = this.queues.find(String(arn));
    if (queue === undefined) {
      throw new AwsError('ResourceNotFoundException', `The queue ${String(arn)} doesn't exist.`, 404, 'ResourceNotFoundException');
    }
    return queue;
  }
}
