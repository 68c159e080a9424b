/** The limits of API Gateway's WebSocket APIs; tests shorten the times. */
export interface WebSocketLimits {
  readonly messageBytes: number;
  readonly frameBytes: number;
  readonly idleMilliseconds: number;
  readonly connectionMilliseconds: number;
  readonly urlCharacters: number;
  /** What may wait for a slow client before posts to it are refused; AWS does not publish its own bound. */
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
