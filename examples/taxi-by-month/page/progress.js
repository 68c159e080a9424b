import { byId } from './dom.js';

const SHOWN_AFTER_MS = 1_000;
const TICK_MS = 250;

/** The line that says what the page waits for, and for how long already. */
export class Progress {
  #startedAt = 0;
  #received = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  /** Begins to count the seconds. */
  start() {
    this.#startedAt = performance.now();
    this.#received = 0;
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    byId('answer').setAttribute('aria-busy', 'true');
    byId('busy').hidden = false;
    byId('welcome').hidden = true;
    this.#tick();
  }

  /**
   * @param {string} sentence
   * @param {number} received The rows that are here already.
   */
  say(sentence, received = 0) {
    this.#received = received;
    const line = byId('progress');
    // The same words again would be read aloud again.
    if (line.textContent !== sentence) {
      line.textContent = sentence;
    }
    this.#tick();
  }

  /** @param {string} sentence What the page has to say at the end. */
  end(sentence) {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    byId('answer').setAttribute('aria-busy', 'false');
    byId('busy').hidden = true;
    this.say(sentence);
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
    byId('progress-detail').textContent = parts.join(' · ');
  }
}
