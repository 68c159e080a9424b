import type { TraceEvent } from '../../../local/aws/index';
import { addUsage, gigabyteSeconds, messageUnits, NO_USAGE } from '../../usage';
import type { Usage } from '../../usage';
import type { IdentifiedCall } from '../latency/identify-call';

/** A call of a function. */
export interface RecordedCall extends IdentifiedCall {
  readonly functionName: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The message of a post, to find the first rows. */
  readonly message?: string;
}

/** All invocations of a function. */
export interface FunctionUse {
  readonly invocations: number;
  readonly milliseconds: number;
}

/** What was recorded between two resets. */
export interface Recording {
  readonly calls: readonly RecordedCall[];
  readonly usage: Usage;
  readonly functions: Readonly<Record<string, FunctionUse>>;
}

/** Records the calls of functions, and what AWS bills for them. */
export class Meter {
  /** Whether the requests of the event source mapping and of EventBridge are billed. */
  public areQueueEventsBilled = true;
  private calls: RecordedCall[] = [];
  private usage: Usage = NO_USAGE;
  private functions: Record<string, FunctionUse> = {};

  /** @param memorySizes memory of the functions in MB, by logical ID */
  constructor(private readonly memorySizes: Readonly<Record<string, number>>) {}

  public addCall(call: RecordedCall, usage: Partial<Usage>): void {
    this.calls.push(call);
    this.add(usage);
  }

  /** Receives the trace of the local AWS. */
  public readonly trace = (event: TraceEvent): void => {
    if (event.kind === 'message') {
      this.add({ apiMessages: messageUnits(event.bytes) });
    } else if (event.kind === 'invoke-end') {
      this.addInvocation(event.function, event.milliseconds);
    } else if (this.areQueueEventsBilled && isQueueRequest(event)) {
      this.add({ queueRequests: 1 });
    }
  };

  /** Returns the recording since the last reset. */
  public reset(): Recording {
    const recording = { calls: this.calls, usage: this.usage, functions: this.functions };
    this.calls = [];
    this.usage = NO_USAGE;
    this.functions = {};
    return recording;
  }

  private addInvocation(logicalId: string, milliseconds: number): void {
    const { invocations, milliseconds: total } = this.functions[logicalId] ?? { invocations: 0, milliseconds: 0 };
    this.functions[logicalId] = { invocations: invocations + 1, milliseconds: total + milliseconds };
    this.add({ invocations: 1, gigabyteSeconds: gigabyteSeconds(milliseconds, this.memorySizes[logicalId]) });
  }

  private add(usage: Partial<Usage>): void {
    this.usage = addUsage([this.usage, 1], [usage, 1]);
  }
}

/** Each event that EventBridge sends, each receive of a batch, and each delete of a message. Messages of a batch can be deleted by one request. */
function isQueueRequest(event: TraceEvent): boolean {
  return (event.kind === 'event' && event.outcome !== 'lost')
    || (event.kind === 'access' && (event.action === 'sqs:ReceiveMessage' || event.action === 'sqs:DeleteMessage'));
}
