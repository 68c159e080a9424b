import { addressOf, readAddress } from './address.js';
import { isMonth, monthInWords } from './calendar.js';
import { connect } from './client/index.js';
import { loadConfig } from './config.js';
import { showConnectionState } from './connection-state.js';
import { onDayChosen } from './day-choice.js';
import { DayPanel } from './day-panel.js';
import { byId } from './dom.js';
import { MONTH } from './kinds.js';
import { Panel } from './panel.js';
import { showProblem } from './problem.js';

/** @typedef {import('./address.js').Place} Place */
/** @typedef {import('redshift-websocket-client').Client<import('../queries.js').Queries>} Client */

const TITLE = document.title;

/** @type {Promise<Client | undefined> | undefined} */
let connecting;
/** @type {Client | undefined} */
let client;

const month = new Panel(MONTH, (tripMonth, onProgress) => needed().query({ trip_month: tripMonth }, { rows: 'array', onProgress }), 'month');
const day = new DayPanel((pickupDay, onProgress) => needed().query('by_hour', { day: pickupDay }, { rows: 'array', onProgress }));

/** Finds the address and makes the client, once; where that fails, the next call tries anew. */
async function start() {
  connecting ??= tryToStart();
  client = await connecting;
  connecting = client === undefined ? undefined : connecting;
  return client !== undefined;
}

/** @returns {Promise<Client | undefined>} */
async function tryToStart() {
  try {
    const config = await loadConfig();
    byId('notice').textContent = config.notice ?? '';
    byId('notice').hidden = config.notice === undefined;
    byId('month').value ||= config.month;
    /** @type {Client} */
    const made = connect(config.url, { idleTimeout: Infinity });
    const showState = () => {
      showConnectionState(made.state);
      [month, day].forEach((panel) => panel.connectionChanged(made.state.name === 'connected'));
    };
    made.onStateChange(showState);
    showState();
    return made;
  } catch (error) {
    byId('connection').dataset.state = 'disconnected';
    byId('connection-state').textContent = 'No address to connect to';
    showProblem('month-', 'This page cannot connect.', error instanceof Error ? error.message : String(error), () => location.reload());
    return undefined;
  }
}

function needed() {
  if (client === undefined) {
    throw new Error('there is no client before the address is known');
  }
  return client;
}

/**
 * Shows a month, and perhaps a day of it, under an address of its own.
 * @param {Place} place
 * @param {boolean} asksAgain Whether the month is asked for even if it is shown already.
 */
async function go(place, asksAgain = false) {
  const address = addressOf(place);
  if (address !== location.href) {
    history.pushState(null, '', address);
  }
  await show(place, asksAgain);
}

/**
 * @param {Place} place
 * @param {boolean} [asksAgain]
 */
async function show(place, asksAgain = false) {
  byId('month').value = place.month;
  if (!await start()) {
    return;
  }
  byId('welcome').hidden = true;
  document.title = `${place.day === undefined ? monthInWords(place.month) : day.kind.inWords(place.day)} · ${TITLE}`;
  if (asksAgain || !month.isShowing(place.month)) {
    month.ask(place.month);
  }
  if (place.day === undefined) {
    day.close();
  } else if (!day.isShowing(place.day)) {
    day.ask(place.day);
  }
  month.view.mark(place.day);
}

/** Shows what the address of the page says: at first, and where the visitor goes back or forth. */
async function showAddress() {
  const { month: named, day: chosen, problem } = readAddress();
  if (named !== undefined && problem === undefined) {
    await show({ month: named, day: chosen });
    return;
  }
  [month, day].forEach((panel) => panel.close());
  byId('welcome').hidden = false;
  document.title = TITLE;
  if (await start() && problem !== undefined) {
    showProblem('month-', 'There is nothing at this address.', problem);
  }
}

byId('question').addEventListener('submit', (/** @type {Event} */ event) => {
  event.preventDefault();
  const text = byId('month').value.trim();
  if (isMonth(text)) {
    void go({ month: text }, true);
  } else {
    showProblem('month-', 'That is no month.', `'${text}' should be a year and a month, such as 2015-01.`);
  }
});
byId('reconnect').addEventListener('click', () => client?.connect());
window.addEventListener('online', () => client?.connect());
onDayChosen((chosen, link) => {
  void go({ month: chosen.slice(0, 7), day: chosen }).then(() => day.comeFrom(link));
});
day.onClose(() => {
  const shown = month.subject;
  if (shown !== undefined) {
    void go({ month: shown });
  }
});
window.addEventListener('popstate', () => void showAddress());

await showAddress();
