import { byId } from './dom.js';

/** @typedef {import('redshift-websocket-client').ConnectionState} ConnectionState */

const TICK_MS = 250;

/** @type {Record<ConnectionState['name'], string>} */
const WORDS = { idle: 'Disconnected', connecting: 'Connecting…', connected: 'Connected', waiting: 'Disconnected', closed: 'Disconnected' };

/** @type {ReturnType<typeof setInterval> | undefined} */
let ticking;

/**
 * Shows the state of the connection, and how long until it is tried again.
 * @param {ConnectionState} state
 */
export function showConnectionState(state) {
  const isDisconnected = state.name === 'waiting' || state.name === 'idle';
  byId('connection').dataset.state = isDisconnected ? 'disconnected' : state.name;
  byId('connection-state').textContent = WORDS[state.name];
  keepFocus(isDisconnected);
  clearInterval(ticking);
  const tick = () => {
    const seconds = state.name === 'waiting' ? Math.ceil((state.retryAt - Date.now()) / 1000) : 0;
    byId('connection-countdown').textContent = seconds > 0 ? `· trying again in ${seconds} s` : '';
  };
  ticking = state.name === 'waiting' ? setInterval(tick, TICK_MS) : undefined;
  tick();
}

/**
 * Hiding the button that has the focus would send the focus back to the top of the page.
 * @param {boolean} canReconnect
 */
function keepFocus(canReconnect) {
  const button = byId('reconnect');
  if (!canReconnect && document.activeElement === button) {
    byId('month').focus();
  }
  button.hidden = !canReconnect;
}
