import { hideAnswer, prepareAnswerView, showAnswer } from './answer-view.js';
import { Asking } from './asking.js';
import { isMonth, monthInWords } from './calendar.js';
import { loadConfig } from './config.js';
import { showConnectionState } from './connection-state.js';
import { Connection } from './connection.js';
import { byId, html } from './dom.js';
import { durationInWords } from './durations.js';
import { Progress } from './progress.js';

const TITLE = document.title;
const STAGES = {
  connecting: (/** @type {string} */ month) => `Waiting for the connection, to ask for ${month}…`,
  asking: (/** @type {string} */ month) => `Asking for ${month}…`,
  waiting: (/** @type {string} */ month) => `Redshift is busy; ${month} waits for its turn…`,
  accepted: (/** @type {string} */ month) => `Redshift is adding up ${month}…`,
};

const progress = new Progress();
/** @typedef {{ connection: Connection, asking: Asking }} Started */
/** @type {Promise<Started | undefined> | undefined} */
let starting;

/** Finds the address and connects, once; where that fails, the next call tries anew. */
async function start() {
  starting ??= tryToStart();
  const started = await starting;
  if (started === undefined) {
    starting = undefined;
  }
  return started;
}

/** @returns {Promise<Started | undefined>} */
async function tryToStart() {
  try {
    const { url, month, notice } = await loadConfig();
    byId('notice').textContent = notice ?? '';
    byId('notice').hidden = notice === undefined;
    byId('month').value ||= month;
    const started = wire(url);
    started.connection.connect();
    return started;
  } catch (error) {
    byId('connection').dataset.state = 'disconnected';
    byId('connection-state').textContent = 'No address to connect to';
    showProblem('This page cannot connect.', error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** @param {string} url */
function wire(url) {
  const connection = new Connection(url, (state) => {
    showConnectionState(state);
    if (state.name === 'connected') {
      asking.connected();
    } else if (state.name === 'disconnected') {
      asking.disconnected();
    }
  }, (message) => asking.received(message));
  const asking = new Asking(connection, {
    onProgress: (month, stage, received) => progress.say(STAGES[stage](monthInWords(month)), received),
    onAnswer: (month, answer, totalMs) => {
      showAnswer(month, answer, totalMs);
      document.title = `${monthInWords(month)} · ${TITLE}`;
      progress.end(`${rowsInWords(answer.received)} in ${durationInWords(totalMs)}.`);
    },
    onProblem: (month, { message, retryable }) => {
      hideAnswer();
      progress.end('');
      showProblem(`No answer for ${monthInWords(month)}.`, message, retryable ? 'Asking again may help.' : '');
    },
  });
  return { connection, asking };
}

/** @param {number} count */
function rowsInWords(count) {
  return count === 1 ? '1 row' : `${count === 0 ? 'No' : count.toLocaleString('en-US')} rows`;
}

/** @param {string} month */
async function ask(month) {
  if (!isMonth(month)) {
    showProblem('That is no month.', `'${month}' should be a year and a month, such as 2015-01.`);
    return;
  }
  hideProblem();
  const address = new URL(location.href);
  address.searchParams.set('month', month);
  history.replaceState(null, '', address);
  const started = await start();
  if (started !== undefined) {
    progress.start();
    started.asking.ask(month);
  }
}

async function reconnect() {
  (await start())?.connection.connect();
}

/**
 * @param {string} title
 * @param {...string} sentences
 */
function showProblem(title, ...sentences) {
  byId('problem').replaceChildren(html('strong', {}, title), ...sentences.filter((text) => text !== '').map((text) => html('p', {}, text)));
  byId('problem').hidden = false;
}

function hideProblem() {
  byId('problem').hidden = true;
  byId('problem').replaceChildren();
}

prepareAnswerView();
byId('question').addEventListener('submit', (/** @type {Event} */ event) => {
  event.preventDefault();
  void ask(byId('month').value.trim());
});
byId('reconnect').addEventListener('click', reconnect);
window.addEventListener('online', reconnect);

const asked = new URL(location.href).searchParams.get('month');
if (asked !== null && isMonth(asked)) {
  byId('month').value = asked;
}
if (await start() !== undefined && asked !== null) {
  await ask(asked);
}
