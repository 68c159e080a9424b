import type { Connection } from './connection';
import type { Inbox } from './inbox';
import type { Settings } from './options';
import type { QueryProgress } from './progress';

/** What a task needs of its client. */
export interface TaskHost<Task> {
  readonly settings: Settings;
  /** Whether rows may come compressed. */
  acceptsPacked: boolean;
  newId(): string;
  /** The task has this id on the wire from now on, and no other. */
  named(task: Task, id: string | undefined): void;
  /** Asks as soon as there is a connection. */
  ask(task: Task): void;
  /** The service has as many queries of this client in flight as it allows. */
  rejected(limit: number | undefined): void;
  /** This many more messages of a result may come on a connection. */
  allowed(connection: Connection, result: string, credit: number): void;
  accepted(task: Task): void;
  /** Rows have come for it. */
  answered(task: Task): void;
  progressed(): void;
  /** It needs no connection for now. */
  suspended(): void;
  /** It needs the connection no more that it was moving away from. */
  leftPrevious(): void;
  ended(task: Task): void;
}

/** Who asks. */
export interface Caller {
  readonly inbox: Inbox;
  /** How many messages may wait for the caller; undefined for all. */
  window(): number | undefined;
  onProgress(progress: QueryProgress): void;
  onEnded(): void;
}
