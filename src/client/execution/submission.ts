import type { Connection } from '../connection/connection';

/** A query in flight: its connection and its id in the protocol. */
export class Submission {
  public isAccepted = false;

  constructor(public readonly connection: Connection, public readonly id: string) {}

  /** Cancels the query on the service. If the service hasn't accepted it, the connection cancels it again when it is accepted. */
  public cancel(): void {
    const { connection, id } = this;
    connection.send({ type: 'cancel', id });
    if (!this.isAccepted && connection.isOpen) {
      connection.canceledIds.add(id);
    }
  }
}
