import { Timer } from './clock';
import type { Clock } from './clock';
import { LONGEST_ANSWER_MS } from './connection';
import type { Connection } from './connection';
import { ConnectionError } from './errors';
import type { ConnectionBounds } from '../protocol/messages';

/** How often the service is asked before that is given up. */
const MOST_ATTEMPTS = 5;

interface Waiting {
  readonly resolve: (bounds: ConnectionBounds | undefined) => void;
  readonly reject: (error: ConnectionError) => void;
}

/** Asks for the bounds of a connection, once for all who want to know them at the moment. */
export class BoundsQuestion {
  private readonly waiting = new Set<Waiting>();
  private attempts = 0;
  private readonly patience: Timer;

  constructor(clock: Clock, private readonly ask: () => void) {
    this.patience = new Timer(clock, ask);
  }

  public get isAsked(): boolean {
    return this.waiting.size > 0;
  }

  public async answer(): Promise<ConnectionBounds | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.add({ resolve, reject });
      if (this.waiting.size === 1) {
        this.ask();
      }
    });
  }

  public askOn(connection: Connection): void {
    if (!this.isAsked) {
      return;
    }
    this.attempts += 1;
    if (this.attempts > MOST_ATTEMPTS) {
      this.fail(new ConnectionError('unanswered', 'The service does not answer a ping, though there is a connection.', true));
    } else {
      this.patience.start(LONGEST_ANSWER_MS);
      connection.check();
    }
  }

  public heard(bounds: ConnectionBounds | undefined): void {
    this.end().forEach(({ resolve }) => resolve(bounds));
  }

  public fail(error: ConnectionError): void {
    this.end().forEach(({ reject }) => reject(error));
  }

  private end(): Waiting[] {
    const waiting = [...this.waiting];
    this.waiting.clear();
    this.attempts = 0;
    this.patience.stop();
    return waiting;
  }
}
