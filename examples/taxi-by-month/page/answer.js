/** @typedef {import('./columns.js').Column} Column */
/** @typedef {import('./columns.js').Value} Value */

/**
 * Where the time went, in milliseconds, as the server says it.
 * @typedef {Partial<Record<'waitingMs' | 'runningMs' | 'eventMs' | 'fetchingMs' | 'pushingMs', number>>} Timing
 */

/** The messages that answer one question, put together. */
export class Answer {
  /** @type {string | undefined} */
  #result;
  /** @type {any[]} */
  #early = [];
  /** @type {Map<number, any>} */
  #parts = new Map();
  /** @type {any} */
  #ending;
  /** @type {any} */
  #error;

  /** The number of rows that are here. */
  received = 0;

  /** What the server says it is doing meanwhile: 'waiting' for its turn, or 'running'. */
  state = '';

  /** @param {string} id The `id` of the question. */
  constructor(id) {
    this.id = id;
  }

  /**
   * Takes a message, if it is a new one and about this question.
   * @param {any} message
   */
  take(message) {
    if (message.type === 'error' && this.#isAbout(message)) {
      this.#error ??= { code: String(message.code), message: String(message.message), retryable: message.retryable === true };
    } else if (message.type === 'accepted' && message.id === this.id) {
      this.#result = message.result;
      this.#early.splice(0).forEach((early) => this.take(early));
    } else if (this.#result === undefined) {
      // Messages are in order for one client as a rule, not by promise.
      this.#early.push(message);
    } else if (message.result === this.#result) {
      this.#takePart(message);
    }
  }

  get isAccepted() {
    return this.#result !== undefined;
  }

  /** The name under which the rest can be had on another connection. */
  get result() {
    return this.#result;
  }

  /** The number of the last message before which none is missing; -1 when the first is. */
  get after() {
    let seq = 0;
    while (this.#parts.has(seq)) {
      seq += 1;
    }
    return seq - 1;
  }

  /** Whether the server has said that it sent all of it. */
  get isEnded() {
    return this.#ending !== undefined;
  }

  /** Whether all of it is here. */
  get isWhole() {
    return this.isEnded && this.received >= this.#ending.rows;
  }

  /** @returns {{ code: string, message: string, retryable: boolean } | undefined} */
  get error() {
    return this.#error;
  }

  /** @returns {Column[]} */
  get columns() {
    return this.#parts.get(0)?.columns ?? [];
  }

  /** @returns {Value[][]} */
  get rows() {
    return [...this.#parts.values()].sort((left, right) => left.seq - right.seq).flatMap((part) => part.rows);
  }

  /** @returns {Timing} */
  get timing() {
    return this.#ending?.timing ?? {};
  }

  /** The rows that the server says it sent. */
  get announced() {
    return Number(this.#ending?.rows ?? 0);
  }

  get isTruncated() {
    return this.#ending?.truncated === true;
  }

  /** @param {any} message */
  #takePart(message) {
    if (message.type === 'rows' && Array.isArray(message.rows) && !this.#parts.has(message.seq)) {
      this.#parts.set(message.seq, message);
      this.received += message.rows.length;
    } else if (message.type === 'complete') {
      this.#ending ??= message;
    } else if (message.type === 'progress') {
      this.state = String(message.state);
    }
  }

  /**
   * An error that names neither a question nor a result is about the only question under way.
   * @param {any} message
   */
  #isAbout({ id, result }) {
    return id === undefined ? result === undefined || result === this.#result : id === this.id;
  }
}
