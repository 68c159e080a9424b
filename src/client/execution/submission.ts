import type { Connection } from '../connection/connection';

/** A query in flight: its connection and its id in the protocol. */
export class Submission {
  public isAccepted = false;

  constructor(public readonly connection: Connection, public readonly id: string, public readonly offersCompression: boolean) {}

  /** Cancels the query on the service: now, and again if the service accepts it later. */
  public cancel(): void {
    this.connection.send({ type: 'cancel', id: this.id });
    this.cancelWhenAccepted();
  }

  /** Cancels the query if the service accepts it later. */
  public cancelWhenAccepted(): void {
    if (!this.isAccepted && this.connection.isOpen) {
      this.connection.canceledIds.add(this.id);
    }
  }
}
