import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { InvocationResult } from '../lambda/invocation';

/** The decision of the function behind `$connect`. */
export interface ConnectDecision {
  readonly statusCode: number;
  readonly subprotocol?: string;
}

const BAD_GATEWAY = 502;

/** Reads the status code and the subprotocol from the result of the function behind `$connect`. */
export function connectDecision(result: InvocationResult): ConnectDecision {
  if (result.error !== undefined) {
    return { statusCode: BAD_GATEWAY };
  }
  const response = JSON.parse(result.payload) as { statusCode?: unknown; headers?: Record<string, unknown> } | null;
  const statusCode = Number(response?.statusCode);
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) {
    return { statusCode: BAD_GATEWAY };
  }
  const [, subprotocol] = Object.entries(response?.headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol') ?? [];
  return { statusCode, ...subprotocol === undefined ? {} : { subprotocol: String(subprotocol) } };
}

export function isAccepted({ statusCode }: ConnectDecision): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Rejects an upgrade with a status code and no body. */
export function rejectUpgrade(socket: Duplex, statusCode: number): void {
  socket.end(`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? 'Rejected'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
