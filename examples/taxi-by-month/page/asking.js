import { Answer } from './answer.js';

const MOST_ATTEMPTS = 2;
const LONGEST_WAIT_FOR_THE_REST_MS = 5_000;

/**
 * What happens to a question, for whoever shows it.
 * @typedef {object} Listener
 * @property {(month: string, stage: 'connecting' | 'asking' | 'accepted' | 'waiting', received: number) => void} onProgress
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
    if (this.#isWaiting && this.#answer !== undefined && this.connection.isOpen) {
      this.connection.send({ type: 'cancel', id: this.#answer.id });
    }
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

  /** The connection is lost. What was accepted is gone on with, what was not is asked again. */
  disconnected() {
    clearTimeout(this.#timer);
    if (!this.#isWaiting) {
      return;
    }
    if (this.#attempts >= MOST_ATTEMPTS) {
      this.#fail({ message: 'The connection was lost each time before the answer came.', retryable: true });
    } else {
      this.#answer = this.#answer?.isAccepted ? this.#answer : undefined;
      this.listener.onProgress(this.#month, 'connecting', this.#answer?.received ?? 0);
    }
  }

  /** @param {any} message */
  received(message) {
    const answer = this.#answer;
    if (!this.#isWaiting || answer === undefined) {
      return;
    }
    answer.take(isFromGateway(message) ? { type: 'error', message: `API Gateway says: ${message.message}`, retryable: true } : message);
    if (answer.error?.code === 'result_expired' && this.#attempts <= MOST_ATTEMPTS) {
      this.#answer = undefined;
      this.#send();
    } else if (answer.error !== undefined) {
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
    if (this.#answer === undefined) {
      this.#answer = new Answer(id);
      this.connection.send({ type: 'query', id, parameters: { trip_month: this.#month } });
    } else {
      this.#answer.id = id;
      this.connection.send({ type: 'resume', id, result: this.#answer.result, after: this.#answer.after });
    }
    this.listener.onProgress(this.#month, 'asking', this.#answer.received);
  }

  /** @param {Answer} answer */
  #waitFor(answer) {
    this.listener.onProgress(this.#month, stageOf(answer), answer.received);
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

/** @param {Answer} answer */
function stageOf(answer) {
  if (answer.state === 'waiting') {
    return 'waiting';
  }
  return answer.isAccepted ? 'accepted' : 'asking';
}

/**
 * API Gateway answers by itself, in words of its own, when it cannot run the function behind it.
 * @param {any} message
 */
function isFromGateway(message) {
  return message.type === undefined && typeof message.message === 'string' && typeof message.requestId === 'string';
}
