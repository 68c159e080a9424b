import { isMonth } from './calendar.js';

/**
 * What the deployment wrote for the page.
 * @typedef {object} Config
 * @property {string} url The address of the WebSocket.
 * @property {string} month The month that is picked at first.
 * @property {string} [notice] A sentence to show above the rest.
 */

/**
 * Reads `config.json` beside the page.
 * @returns {Promise<Config>}
 */
export async function loadConfig() {
  const { url, month, notice } = await fetchConfig();
  if (typeof url !== 'string' || !/^wss?:\/\/./.test(url)) {
    throw new Error(`config.json has no address of a WebSocket: its url is ${JSON.stringify(url)}, and should begin with wss:// or ws://.`);
  }
  return {
    url,
    month: typeof month === 'string' && isMonth(month) ? month : '',
    notice: typeof notice === 'string' && notice !== '' ? notice : undefined,
  };
}

/** @returns {Promise<Record<string, unknown>>} */
async function fetchConfig() {
  const response = await fetch('config.json', { cache: 'no-store' }).catch(() => {
    throw new Error('config.json could not be fetched: the server of this page does not answer.');
  });
  if (!response.ok) {
    throw new Error(`config.json, which tells where to connect, is not beside the page (status ${response.status}). Deploying the page writes it.`);
  }
  const text = await response.text();
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new Error('config.json, which tells where to connect, is not JSON. Deploying the page writes it anew.');
  }
}
