import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { InvocationResult } from '../lambda/invocation';

/** What `$connect` decided. */
export interface ConnectDecision {
  readonly statusCode: number;
  readonly subprotocol?: string;
}

const BAD_GATEWAY = 502;

/** Reads the answer of the function behind `$connect`; only the status and the subprotocol count. */
export function connectDecision(result: InvocationResult): ConnectDecision {
  if (result.error !== undefined) {
    return { statusCode: BAD_GATEWAY };
  }
  const answer = JSON.parse(result.payload) as { statusCode?: unknown; headers?: Record<string, unknown> } | null;
  const statusCode = Number(answer?.statusCode);
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) {
    return { statusCode: BAD_GATEWAY };
  }
  const [, subprotocol] = Object.entries(answer?.headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol') ?? [];
  return { statusCode, ...subprotocol === undefined ? {} : { subprotocol: String(subprotocol) } };
}

export function isAccepted({ statusCode }: ConnectDecision): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Refuses an upgrade, with nothing but the status. */
export function refuseUpgrade(socket: Duplex, statusCode: number): void {
  socket.end(`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? 'Refused'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
