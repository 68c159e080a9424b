import { BarChart } from './chart.js';
import { formatDuration, formatRowCount } from './format.js';
import { showResult } from './result.js';

/** @type {Record<import('redshift-websocket-client').QueryProgress['state'], string>} */
const STATE_NAMES = {
  connecting: 'Connecting…',
  submitted: 'Submitting the query…',
  accepted: 'Starting the query…',
  waiting: 'Waiting in the queue…',
  running: 'Running in Redshift…',
  receiving: 'Receiving the rows…',
};

/** Shows one query at a time: its progress, and then its result or its error. */
export class Panel {
  isConnected = false;

  /** Fills an element with the template of a panel. The options are the query, and the format of the key of its rows. */
  constructor(root, options) {
    root.append(document.querySelector('template').content.cloneNode(true));
    this.root = root;
    this.options = options;
    this.chart = new BarChart(root.querySelector('.chart'));
    this.status = root.querySelector('output');
    this.details = root.querySelector('.details');
    this.error = root.querySelector('[role=alert]');
    root.querySelector('.stop').addEventListener('click', () => this.clear('Stopped.'));
  }

  /** Shows the result for a month or a day, in place of the previous result. Without a subject, hides the panel. */
  show(subject) {
    if (subject === undefined) {
      this.clear('');
    } else if (subject !== this.subject) {
      this.run(subject);
    }
    this.root.hidden = subject === undefined;
  }

  /** Cancels the query and removes its result. */
  clear(status) {
    this.controller?.abort();
    this.subject = undefined;
    this.error.hidden = true;
    this.root.querySelector('.result').hidden = true;
    this.finish(status);
  }

  async run(subject) {
    this.controller?.abort();
    const { signal } = this.controller = new AbortController();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.showProgress(this.progress), 250);
    this.startedAt = performance.now();
    this.subject = subject;
    this.error.hidden = true;
    this.root.ariaBusy = 'true';
    this.root.querySelector('h2').textContent = this.options.formatTitle(subject);
    this.showProgress({ state: 'connecting', rows: 0 });
    try {
      const onProgress = (progress) => this.showProgress(progress);
      const result = await this.options.submit(subject, { rows: 'array', signal, onProgress });
      const durationMs = performance.now() - this.startedAt;
      showResult(this.root, this.chart, result, durationMs, this.options);
      this.finish(`${formatRowCount(result.rows.length)} in ${formatDuration(durationMs)}${this.progress.cached ? ', from a stored result' : ''}.`);
    } catch (error) {
      if (!signal.aborted) {
        this.clear('');
        this.showError(subject, error);
      }
    }
  }

  finish(status) {
    clearInterval(this.timer);
    this.root.ariaBusy = 'false';
    this.status.value = status;
    this.details.textContent = '';
  }

  showProgress(progress) {
    const { state, rows } = this.progress = progress;
    const isLost = !this.isConnected && state !== 'connecting';
    const status = isLost ? 'Connection lost. The query continues when the connection is back.' : STATE_NAMES[state];
    // Screen readers announce a status when it is set, even if it is the same.
    if (this.status.value !== status) {
      this.status.value = status;
    }
    const seconds = Math.floor((performance.now() - this.startedAt) / 1000);
    this.details.textContent = rows > 0 ? `${seconds} s · ${formatRowCount(rows)}` : `${seconds} s`;
  }

  showError(subject, { message, retryable }) {
    const retry = this.error.querySelector('button');
    this.error.hidden = false;
    this.error.querySelector('p').textContent = message;
    retry.hidden = !retryable;
    retry.onclick = () => this.show(subject);
  }
}
