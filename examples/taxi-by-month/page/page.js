import { connect } from './client/index.js';
import { formatDay, formatHour, formatMonth, formatShortDay } from './format.js';
import { Panel } from './panel.js';

const TITLE = document.title;
const DAY_MS = 24 * 60 * 60 * 1000;
const STATE_NAMES = { connecting: 'Connecting…', connected: 'Connected' };

const monthInput = document.querySelector('input');
const dialog = document.querySelector('dialog');
const [previousDay, nextDay] = dialog.querySelectorAll('a');
const connection = document.getElementById('connection');
const reconnect = connection.querySelector('button');
let configError = '';

/** @type {import('redshift-websocket-client').Client<import('../queries.js').Queries>} */
const client = connect(loadUrl, { idleTimeout: Infinity });

// Each panel submits a query. The key of a row, its first value, is a day in one panel and an hour in the other.
const monthPanel = new Panel(document.getElementById('month'), {
  submit: (month, options) => client.query({ trip_month: month }, options),
  formatTitle: formatMonth,
  formatKey: formatShortDay,
  positionOf: (day) => Number(day.slice(8)),
  formatPosition: String,
  colorOf: (day) => ([0, 6].includes(new Date(day).getUTCDay()) ? '--weekend' : '--weekday'),
  caption: 'The darker bars are weekends. Select a day to see its hours.',
  addressOf,
  open: navigate,
});
const dayPanel = new Panel(dialog, {
  submit: (day, options) => client.query('by_hour', { day }, options),
  formatTitle: formatDay,
  formatKey: formatHour,
  positionOf: (hour) => hour ?? 24,
  formatPosition: formatHour,
  colorOf: () => '--weekday',
});

/** Loads the settings that the deployment stores beside the page. The client calls this function each time it connects. */
async function loadUrl() {
  const response = await fetch('config.json', { cache: 'no-store' });
  configError = response.ok ? '' : `Failed to load config.json (status ${response.status}). Deploy the page again.`;
  if (!response.ok) {
    throw new Error(configError);
  }
  const { url, month, notice = '' } = await response.json();
  const note = document.getElementById('notice');
  note.textContent = notice;
  note.hidden = notice === '';
  monthInput.value ||= month;
  return url;
}

function showConnection({ name }) {
  connection.className = name;
  connection.querySelector('output').value = STATE_NAMES[name] ?? 'Disconnected';
  reconnect.hidden = name in STATE_NAMES;
  monthPanel.isConnected = dayPanel.isConnected = name === 'connected';
  showCountdown();
}

function showCountdown() {
  const { state } = client;
  const seconds = state.name === 'waiting' ? Math.ceil((state.retryAt - Date.now()) / 1000) : 0;
  connection.querySelector('span').textContent = seconds > 0 ? `${configError} Reconnecting in ${seconds} s.` : configError;
}

function addressOf(day) {
  return `?month=${day.slice(0, 7)}&day=${day}`;
}

function addDays(day, count) {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

function isDate(string) {
  return /^\d{4}-\d\d(-\d\d)?$/.test(string) && !Number.isNaN(Date.parse(string));
}

/** Reads the month and the day from the address of the page, such as ?month=2015-01&day=2015-01-12. */
function readAddress() {
  const { day, month = day?.slice(0, 7) } = Object.fromEntries(new URLSearchParams(location.search));
  const isMonthValid = month === undefined || (isDate(month) && month.length === 7);
  const isDayValid = day === undefined || (isDate(day) && day.startsWith(`${month}-`));
  return isMonthValid && isDayValid ? { month, day, isValid: true } : { isValid: false };
}

/** Shows the month and the day in the address of the page, or neither if the address is invalid. */
function showAddress() {
  const { month, day, isValid } = readAddress();
  document.getElementById('address-error').hidden = isValid;
  document.title = month === undefined ? TITLE : `${day === undefined ? formatMonth(month) : formatDay(day)} · ${TITLE}`;
  monthInput.value = month ?? monthInput.value;
  monthPanel.show(month);
  dayPanel.show(day);
  if (day === undefined) {
    dialog.close();
  } else {
    previousDay.href = addressOf(addDays(day, -1));
    nextDay.href = addressOf(addDays(day, 1));
    if (!dialog.open) {
      dialog.showModal();
    }
  }
}

function navigate(address) {
  if (address !== location.search) {
    history.pushState(null, '', address);
  }
  showAddress();
}

document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  monthPanel.subject = undefined; // submits the query again, even for the same month
  navigate(`?month=${monthInput.value}`);
});
document.addEventListener('click', (event) => {
  const link = /** @type {Element} */ (event.target).closest('a');
  if (link !== null && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    navigate(link.search);
  }
});
dialog.addEventListener('close', () => {
  const { month, day } = readAddress();
  if (day !== undefined) {
    navigate(`?month=${month}`);
  }
});
reconnect.addEventListener('click', () => client.connect());
window.addEventListener('popstate', showAddress);
client.onStateChange(showConnection);
setInterval(showCountdown, 250);
showAddress();
