const SUBPROTOCOL = 'redshift-query.v1';
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const LONGEST_OPENING_MS = 10_000;

/**
 * @typedef {{ name: 'connecting' | 'connected' } | { name: 'disconnected', retryAt: number }} ConnectionState
 * `retryAt` is on the clock of `performance.now()`.
 */

/** A WebSocket that comes back when it is lost, a little later each time that it fails. */
export class Connection {
  /** @type {WebSocket | undefined} */
  #socket;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} url
   * @param {(state: ConnectionState) => void} onState
   * @param {(message: any) => void} onMessage
   */
  constructor(url, onState, onMessage) {
    this.url = url;
    this.onState = onState;
    this.onMessage = onMessage;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connects at once, unless it is connected or about to be. */
  connect() {
    if (this.#socket !== undefined) {
      return;
    }
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.url, SUBPROTOCOL);
    this.#socket = socket;
    this.onState({ name: 'connecting' });
    this.#timer = setTimeout(() => this.#lose(socket), LONGEST_OPENING_MS);
    socket.addEventListener('open', () => this.#opened(socket));
    socket.addEventListener('close', () => this.#lose(socket));
    socket.addEventListener('message', (event) => this.#received(socket, event.data));
  }

  /** @param {object} message */
  send(message) {
    this.#socket?.send(JSON.stringify(message));
  }

  /** @param {WebSocket} socket */
  #opened(socket) {
    if (socket === this.#socket) {
      clearTimeout(this.#timer);
      this.#failures = 0;
      this.onState({ name: 'connected' });
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} data
   */
  #received(socket, data) {
    const message = socket === this.#socket ? parseObject(data) : undefined;
    if (message !== undefined) {
      this.onMessage(message);
    }
  }

  /** @param {WebSocket} socket */
  #lose(socket) {
    if (socket !== this.#socket) {
      return;
    }
    clearTimeout(this.#timer);
    this.#socket = undefined;
    socket.close();
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    this.#failures += 1;
    // Clients that were dropped together should not all come back together.
    const delay = longest * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.connect(), delay);
    this.onState({ name: 'disconnected', retryAt: performance.now() + delay });
  }
}

/** @param {unknown} data */
function parseObject(data) {
  try {
    const value = typeof data === 'string' ? JSON.parse(data) : undefined;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
