import { AnswerView, rowsInWords } from './answer-view.js';
import { Asking } from './asking.js';
import { byId } from './dom.js';
import { durationInWords } from './durations.js';
import { hideProblem, showProblem } from './problem.js';
import { Progress } from './progress.js';

/** @typedef {import('./asking.js').Query} Query */
/** @typedef {import('./asking.js').QueryProgress} QueryProgress */
/** @typedef {import('./kinds.js').Kind} Kind */

/** The part of the page for one kind of answer: asks for it, says how far it is, and shows it or what is wrong. */
export class Panel {
  #asking = new Asking();
  /** @type {QueryProgress} */
  #progress = { state: 'connecting', rows: 0 };
  #wasAsked = false;
  /** @type {string | undefined} */
  #subject;
  #isBusy = false;
  #isAnswered = false;
  #isConnected = false;

  /**
   * @param {Kind} kind
   * @param {(subject: string, onProgress: (progress: QueryProgress) => void) => Query} query
   * @param {string} control The id of what gets the focus when the button that had it goes.
   */
  constructor(kind, query, control) {
    this.kind = kind;
    this.query = query;
    this.control = control;
    this.stopButton = byId(`${kind.prefix}stop`);
    this.view = new AnswerView(kind);
    this.progress = new Progress(kind.prefix);
    this.stopButton.addEventListener('click', () => this.#stop());
  }

  /** What it is about, if anything. */
  get subject() {
    return this.#subject;
  }

  /**
   * Whether it shows the answer about something, or waits for it.
   * @param {string} subject
   */
  isShowing(subject) {
    return this.#subject === subject && (this.#isBusy || this.#isAnswered);
  }

  /**
   * Asks, in place of whatever was asked before.
   * @param {string} subject
   */
  ask(subject) {
    const { kind } = this;
    this.#subject = subject;
    this.#isBusy = true;
    this.#isAnswered = false;
    this.#wasAsked = false;
    hideProblem(kind.prefix);
    this.progress.start();
    this.#heard({ state: 'connecting', rows: 0 });
    void this.#asking.ask((onProgress) => this.query(subject, onProgress), {
      onProgress: (progress) => this.#heard(progress),
      onAnswer: (answer, totalMs) => {
        const isKept = this.#progress.cached === true;
        this.#isAnswered = true;
        this.view.show(subject, answer, { totalMs, isKept });
        this.#end(`${rowsInWords(answer.rows.length)} in ${durationInWords(totalMs)}${isKept ? ', kept from an earlier question' : ''}.`);
      },
      onProblem: ({ message, retryable }) => {
        this.view.hide();
        this.#end('');
        showProblem(kind.prefix, `No answer for ${kind.inWords(subject)}.`, message, retryable ? () => this.#askAgain(subject) : undefined);
      },
    });
  }

  /** Takes away what it shows, and cancels what it asks for. */
  close() {
    this.#subject = undefined;
    this.#asking.cancel();
    this.view.hide();
    this.#end('');
    hideProblem(this.kind.prefix);
  }

  /** @param {boolean} isConnected */
  connectionChanged(isConnected) {
    this.#isConnected = isConnected;
    this.#say();
  }

  /** @param {string} subject */
  #askAgain(subject) {
    this.ask(subject);
    this.stopButton.focus();
  }

  #stop() {
    this.#asking.cancel();
    this.view.hide();
    this.#end(`Stopped waiting for ${this.kind.inWords(this.#subject ?? '')}.`);
  }

  /** @param {QueryProgress} progress */
  #heard(progress) {
    this.#progress = progress;
    this.#wasAsked ||= progress.state !== 'connecting';
    this.#say();
  }

  /** @param {string} sentence */
  #end(sentence) {
    const hasFocus = document.activeElement === this.stopButton;
    this.#isBusy = false;
    this.progress.end(sentence);
    if (hasFocus) {
      byId(this.control).focus();
    }
  }

  #say() {
    if (this.#isBusy) {
      this.progress.say(this.#sentence(this.kind.inWords(this.#subject ?? '')), this.#progress.rows);
    }
  }

  /** @param {string} words */
  #sentence(words) {
    if (this.#wasAsked && !this.#isConnected) {
      return `The connection is lost; ${words} goes on when it is back…`;
    }
    switch (this.#progress.state) {
      case 'connecting': return `Waiting for the connection, to ask for ${words}…`;
      case 'asked': return `Asking for ${words}…`;
      case 'waiting': return `Redshift is busy; ${words} waits for its turn…`;
      case 'receiving': return `The rows of ${words} are coming…`;
      default: return `Redshift is adding up ${words}…`;
    }
  }
}
