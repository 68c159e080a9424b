import { byId } from './dom.js';

const TICK_MS = 250;
const WORDS = { connecting: 'Connecting…', connected: 'Connected', disconnected: 'Disconnected' };

/** @type {ReturnType<typeof setInterval> | undefined} */
let ticking;

/**
 * Shows the state of the connection, and how long until it is tried again.
 * @param {import('./connection.js').ConnectionState} state
 */
export function showConnectionState(state) {
  byId('connection').dataset.state = state.name;
  byId('connection-state').textContent = WORDS[state.name];
  keepFocus(state.name === 'disconnected');
  clearInterval(ticking);
  const tick = () => {
    const seconds = state.name === 'disconnected' ? Math.ceil((state.retryAt - performance.now()) / 1000) : 0;
    byId('connection-countdown').textContent = seconds > 0 ? `· trying again in ${seconds} s` : '';
  };
  ticking = state.name === 'disconnected' ? setInterval(tick, TICK_MS) : undefined;
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
