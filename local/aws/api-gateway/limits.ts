/** Limits of WebSocket APIs. Tests use shorter durations. */
export interface WebSocketLimits {
  readonly messageBytes: number;
  readonly frameBytes: number;
  readonly idleMilliseconds: number;
  readonly connectionMilliseconds: number;
  readonly urlCharacters: number;
  /** Size of the send buffer of a connection. When it is full, posts are rejected. AWS doesn't publish its limit. */
  readonly clientBufferBytes: number;
}

export const WEB_SOCKET_LIMITS: WebSocketLimits = {
  messageBytes: 131_072,
  frameBytes: 32_768,
  idleMilliseconds: 10 * 60_000,
  connectionMilliseconds: 2 * 60 * 60_000,
  urlCharacters: 4096,
  clientBufferBytes: 4 * 1_048_576,
};
