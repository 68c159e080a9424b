import { byId } from './dom.js';

const SHOWN_AFTER_MS = 1_000;
const TICK_MS = 250;

/** The line that says what an answer waits for, and for how long already. */
export class Progress {
  #startedAt = 0;
  #received = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  /** @param {string} prefix What the ids of its elements begin with. */
  constructor(prefix) {
    this.prefix = prefix;
  }

  /** Begins to count the seconds. */
  start() {
    this.#startedAt = performance.now();
    this.#received = 0;
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#showBusy(true);
    this.#tick();
  }

  /**
   * @param {string} sentence
   * @param {number} received The rows that are here already.
   */
  say(sentence, received = 0) {
    this.#received = received;
    byId(`${this.prefix}progress`).textContent = sentence;
    const announcement = byId(`${this.prefix}announcement`);
    // The same words again would be read aloud again.
    if (announcement.textContent !== sentence) {
      announcement.textContent = sentence;
    }
    this.#tick();
  }

  /** @param {string} sentence What there is to say at the end. */
  end(sentence) {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    this.#showBusy(false);
    this.say(sentence);
  }

  /** @param {boolean} isBusy */
  #showBusy(isBusy) {
    for (const part of ['answer', 'details']) {
      byId(this.prefix + part).setAttribute('aria-busy', String(isBusy));
    }
    byId(`${this.prefix}busy`).hidden = !isBusy;
    byId(`${this.prefix}stop`).hidden = !isBusy;
  }

  #tick() {
    const elapsed = performance.now() - this.#startedAt;
    const parts = [];
    if (this.#ticking !== undefined && elapsed >= SHOWN_AFTER_MS) {
      parts.push(`${Math.floor(elapsed / 1000)} s`);
    }
    if (this.#ticking !== undefined && this.#received > 0) {
      parts.push(`${this.#received.toLocaleString('en-US')} rows so far`);
    }
    byId(`${this.prefix}progress-detail`).textContent = parts.join(' · ');
  }
}
