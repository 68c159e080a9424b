import { Answer } from './answer.js';

const MOST_ATTEMPTS = 2;
const LONGEST_WAIT_FOR_THE_REST_MS = 5_000;

/**
 * What happens to a question, for whoever shows it.
 * @typedef {object} Listener
 * @property {(month: string, stage: 'connecting' | 'asking' | 'accepted', received: number) => void} onProgress
 * @property {(month: string, answer: Answer, totalMs: number) => void} onAnswer
 * @property {(month: string, problem: { message: string, retryable: boolean }) => void} onProblem
 */

/** Asks for months, one at a time: a new question supersedes the one before. */
export class Asking {
  #lastId = 0;
  #month = '';
  #askedAt = 0;
  #attempts = 0;
  /** @type {Answer | undefined} */
  #answer;
  #isWaiting = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import('./connection.js').Connection} connection
   * @param {Listener} listener
   */
  constructor(connection, listener) {
    this.connection = connection;
    this.listener = listener;
  }

  /** @param {string} month */
  ask(month) {
    this.#month = month;
    this.#askedAt = performance.now();
    this.#attempts = 0;
    this.#isWaiting = true;
    this.#answer = undefined;
    clearTimeout(this.#timer);
    if (this.connection.isOpen) {
      this.#send();
    } else {
      this.listener.onProgress(month, 'connecting', 0);
      this.connection.connect();
    }
  }

  /** The connection is there: a question that waits for it can be asked. */
  connected() {
    if (this.#isWaiting) {
      this.#send();
    }
  }

  /** The connection is lost, and with it the answer to a question that was asked. */
  disconnected() {
    clearTimeout(this.#timer);
    if (!this.#isWaiting) {
      return;
    }
    if (this.#attempts >= MOST_ATTEMPTS) {
      this.#fail({ message: 'The connection was lost each time before the answer came.', retryable: true });
    } else {
      this.#answer = undefined;
      this.listener.onProgress(this.#month, 'connecting', 0);
    }
  }

  /** @param {any} message */
  received(message) {
    const answer = this.#answer;
    if (!this.#isWaiting || answer === undefined) {
      return;
    }
    answer.take(isFromGateway(message) ? { type: 'error', message: `API Gateway says: ${message.message}`, retryable: true } : message);
    if (answer.error !== undefined) {
      this.#fail(answer.error);
    } else if (answer.isWhole) {
      this.#end();
      this.listener.onAnswer(this.#month, answer, performance.now() - this.#askedAt);
    } else {
      this.#waitFor(answer);
    }
  }

  #send() {
    this.#lastId += 1;
    this.#attempts += 1;
    const id = String(this.#lastId);
    this.#answer = new Answer(id);
    this.listener.onProgress(this.#month, 'asking', 0);
    this.connection.send({ type: 'query', id, parameters: { trip_month: this.#month } });
  }

  /** @param {Answer} answer */
  #waitFor(answer) {
    this.listener.onProgress(this.#month, answer.isAccepted ? 'accepted' : 'asking', answer.received);
    clearTimeout(this.#timer);
    if (answer.isEnded) {
      this.#timer = setTimeout(() => this.#fail({
        message: `Only ${answer.received} of ${answer.announced} rows arrived.`,
        retryable: true,
      }), LONGEST_WAIT_FOR_THE_REST_MS);
    }
  }

  /** @param {{ message: string, retryable: boolean }} problem */
  #fail(problem) {
    this.#end();
    this.listener.onProblem(this.#month, problem);
  }

  #end() {
    this.#isWaiting = false;
    this.#answer = undefined;
    clearTimeout(this.#timer);
  }
}

/**
 * API Gateway answers by itself, in words of its own, when it cannot run the function behind it.
 * @param {any} message
 */
function isFromGateway(message) {
  return message.type === undefined && typeof message.message === 'string' && typeof message.requestId === 'string';
}
