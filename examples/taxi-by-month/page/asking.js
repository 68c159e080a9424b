/** @typedef {import('./columns.js').Value} Value */
/** @typedef {import('redshift-websocket-client').QueryProgress} QueryProgress */
/** @typedef {import('redshift-websocket-client').Answer<readonly Value[]>} Answer */
/** @typedef {import('redshift-websocket-client').Query<readonly Value[]>} Query */

/** @typedef {{ message: string, retryable: boolean }} Problem */

/**
 * What happens to a question, for whoever shows it.
 * @typedef {object} Listener
 * @property {(progress: QueryProgress) => void} onProgress
 * @property {(answer: Answer, totalMs: number) => void} onAnswer
 * @property {(problem: Problem) => void} onProblem
 */

/** Asks one thing at a time: a new question cancels the one before, and nothing more is heard of that. */
export class Asking {
  /** @type {Query | undefined} */
  #query;

  /**
   * @param {(onProgress: (progress: QueryProgress) => void) => Query} ask
   * @param {Listener} listener
   */
  async ask(ask, { onProgress, onAnswer, onProblem }) {
    this.cancel();
    const startedAt = performance.now();
    const query = ask((progress) => {
      if (this.#query === query) {
        onProgress(progress);
      }
    });
    this.#query = query;
    try {
      const answer = await query;
      if (this.#ends(query)) {
        onAnswer(answer, performance.now() - startedAt);
      }
    } catch (error) {
      if (this.#ends(query)) {
        onProblem(problemOf(error));
      }
    }
  }

  cancel() {
    this.#query?.cancel();
    this.#query = undefined;
  }

  /** @param {Query} query */
  #ends(query) {
    const isAskedStill = this.#query === query;
    this.#query = isAskedStill ? undefined : this.#query;
    return isAskedStill;
  }
}

/**
 * @param {any} error
 * @returns {Problem}
 */
function problemOf(error) {
  return { message: error instanceof Error ? error.message : String(error), retryable: error?.retryable === true };
}
