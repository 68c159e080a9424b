import type { ServerMessage } from '../../../src/protocol/messages';
import { ConnectionGoneError } from '../../../src/runtime/model/errors';
import type { Connections } from '../../../src/runtime/model/ports';
import { recordSent } from '../valid-messages';

/** Connections that are open or not; the messages that were posted to each are stored. */
export class MemoryConnections implements Connections {
  public readonly open = new Set<string>();
  public readonly posted: { connectionId: string; message: string }[] = [];
  /** The connections that the service closed. */
  public readonly closed: string[] = [];
  /** Called when a client receives a message. */
  public onPost?: (connectionId: string, message: ServerMessage) => Promise<void> | void;

  public async post(connectionId: string, message: string): Promise<void> {
    if (!this.open.has(connectionId)) {
      throw new ConnectionGoneError(connectionId);
    }
    recordSent(message);
    this.posted.push({ connectionId, message });
    await this.onPost?.(connectionId, JSON.parse(message));
  }

  public async close(connectionId: string): Promise<void> {
    if (!this.open.delete(connectionId)) {
      throw new ConnectionGoneError(connectionId);
    }
    this.closed.push(connectionId);
  }

  public messages(connectionId: string): ServerMessage[] {
    return this.posted.filter((post) => post.connectionId === connectionId).map(({ message }) => JSON.parse(message));
  }
}
