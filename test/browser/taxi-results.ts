import type { WebSocket } from 'ws';
import type { Request, RequestHandler } from './page-server';
import type { Column, ServerMessage, WireValue } from '../../src/protocol/messages';

export const COLUMNS: readonly Column[] = [
  { name: 'pickup_date', type: 'date' },
  { name: 'trips', type: 'int8' },
  { name: 'hours_driven', type: 'numeric' },
  { name: 'distance_miles', type: 'numeric' },
  { name: 'fare_amount', type: 'numeric' },
  { name: 'total_amount', type: 'numeric' },
];

export const HOUR_COLUMNS: readonly Column[] = [{ name: 'hour_of_day', type: 'int2' }, ...COLUMNS.slice(1)];

export const TIMING = { waitingMs: 120, runningMs: 840, eventMs: 150, fetchingMs: 90, pushingMs: 30 };

/** Returns a row for each of the first days of a month. The number of trips grows from Monday to Sunday. */
export function daysFrom(month: string, count: number): WireValue[][] {
  const [year, monthNumber] = month.split('-').map(Number);
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(Date.UTC(year, monthNumber - 1, 1 + index));
    const trips = 9000 + 620 * ((date.getUTCDay() + 6) % 7) + 37 * (index % 11) - (index === 26 ? 7400 : 0);
    return [date.toISOString().slice(0, 10), trips, ...amountsOf(trips)];
  });
}

/** Returns a row for each hour of a day, except for 3 and 4. */
export function hoursOf(day: string): WireValue[][] {
  return Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hour !== 3 && hour !== 4).map((hour) => {
    const trips = 100 * Number(day.slice(8)) + hour;
    return [hour, trips, ...amountsOf(trips)];
  });
}

function amountsOf(trips: number): string[] {
  return [trips * 21, trips * 283, trips * 1207, trips * 1519].map((hundredths) => (hundredths / 100).toFixed(2));
}

/** Returns the messages for a request, in order. */
export function resultMessages(request: Request, rows: readonly WireValue[][], columns = COLUMNS, rowsPerMessage = 10): ServerMessage[] {
  const result = request.type === 'resume' ? request.result : `result-${request.id}`;
  const count = Math.max(1, Math.ceil(rows.length / rowsPerMessage));
  const parts = Array.from({ length: count }, (_, seq): ServerMessage => ({
    type: 'rows',
    result,
    seq,
    offset: seq * rowsPerMessage,
    ...(seq === 0 ? { columns } : {}),
    rows: rows.slice(seq * rowsPerMessage, (seq + 1) * rowsPerMessage),
  }));
  return [
    { type: 'accepted', id: request.id, result, shared: false, cached: false },
    ...parts,
    { type: 'complete', id: request.id, result, messages: parts.length, rows: rows.length, bytes: 2048, truncated: false, timing: TIMING },
  ];
}

export function send(socket: WebSocket, messages: readonly object[]): void {
  messages.forEach((message) => socket.send(JSON.stringify(message)));
}

/** Sends the same rows for each request. */
export function sendRows(rows: readonly WireValue[][], columns?: readonly Column[], rowsPerMessage?: number): RequestHandler {
  return (request, socket) => send(socket, resultMessages(request, rows, columns, rowsPerMessage));
}

/** Sends 28 days for a month, and the hours for a day. */
export const sendMonthsAndDays: RequestHandler = (request, socket) => {
  const { trip_month: month, day } = request.type === 'query' ? request.parameters as Readonly<Record<string, string>> : {};
  send(socket, day === undefined ? resultMessages(request, daysFrom(month, 28)) : resultMessages(request, hoursOf(day), HOUR_COLUMNS));
};
