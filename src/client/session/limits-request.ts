import type { ConnectionLimits } from '../../protocol/messages';
import { PONG_TIMEOUT_MS } from '../connection/connection';
import type { Connection } from '../connection/connection';
import { ConnectionError } from '../errors';
import type { Clock } from '../timing/clock';
import { Timer } from '../timing/timer';

/** Maximum number of `ping` messages without a response. */
const MAX_ATTEMPTS = 5;

interface Caller {
  readonly resolve: (limits: ConnectionLimits | undefined) => void;
  readonly reject: (error: ConnectionError) => void;
}

/** Requests the limits of a connection, once for all callers that wait for them. */
export class LimitsRequest {
  private readonly callers = new Set<Caller>();
  private attempts = 0;
  private readonly responseTimer: Timer;

  constructor(clock: Clock, private readonly send: () => void) {
    this.responseTimer = new Timer(clock, send);
  }

  public get isPending(): boolean {
    return this.callers.size > 0;
  }

  public async limits(): Promise<ConnectionLimits | undefined> {
    return new Promise((resolve, reject) => {
      this.callers.add({ resolve, reject });
      if (this.callers.size === 1) {
        this.send();
      }
    });
  }

  public sendOn(connection: Connection): void {
    if (!this.isPending) {
      return;
    }
    this.attempts += 1;
    if (this.attempts > MAX_ATTEMPTS) {
      this.fail(new ConnectionError('no_response', `The service did not respond to ${MAX_ATTEMPTS} ping messages. Try again later.`, true));
    } else {
      this.responseTimer.start(PONG_TIMEOUT_MS);
      connection.ping();
    }
  }

  public complete(limits: ConnectionLimits | undefined): void {
    this.clear().forEach(({ resolve }) => resolve(limits));
  }

  public fail(error: ConnectionError): void {
    this.clear().forEach(({ reject }) => reject(error));
  }

  private clear(): Caller[] {
    const callers = [...this.callers];
    this.callers.clear();
    this.attempts = 0;
    this.responseTimer.stop();
    return callers;
  }
}
