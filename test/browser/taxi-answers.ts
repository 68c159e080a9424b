import type { WebSocket } from 'ws';
import type { Answering, Question } from './fake-server';
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

/** A row for each of `count` days from the first of a month on, busier towards the end of the week. */
export function daysFrom(month: string, count: number): WireValue[][] {
  const [year, monthNumber] = month.split('-').map(Number);
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(Date.UTC(year, monthNumber - 1, 1 + index));
    const trips = 9000 + 620 * ((date.getUTCDay() + 6) % 7) + 37 * (index % 11) - (index === 26 ? 7400 : 0);
    const amounts = [trips * 21, trips * 283, trips * 1207, trips * 1519].map((hundredths) => (hundredths / 100).toFixed(2));
    return [date.toISOString().slice(0, 10), trips, ...amounts];
  });
}

/** A row for each hour of a day but two quiet ones, at 3 and at 4. */
export function hoursOf(day: string): WireValue[][] {
  return Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hour !== 3 && hour !== 4).map((hour) => {
    const trips = 100 * Number(day.slice(8)) + hour;
    const amounts = [trips * 21, trips * 283, trips * 1207, trips * 1519].map((hundredths) => (hundredths / 100).toFixed(2));
    return [hour, trips, ...amounts];
  });
}

/** What the server says to one question, in order. */
export function answerOf(question: Question, rows: readonly WireValue[][], columns = COLUMNS, rowsPerMessage = 10): ServerMessage[] {
  const result = question.type === 'resume' ? question.result : `result-${question.id}`;
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
    { type: 'accepted', id: question.id, result, shared: false, cached: false },
    ...parts,
    { type: 'complete', id: question.id, result, messages: parts.length, rows: rows.length, bytes: 2048, truncated: false, timing: TIMING },
  ];
}

export function send(socket: WebSocket, messages: readonly object[]): void {
  messages.forEach((message) => socket.send(JSON.stringify(message)));
}

/** Answers every question with the same rows. */
export function answeringWith(rows: readonly WireValue[][], columns?: readonly Column[], rowsPerMessage?: number): Answering {
  return (question, socket) => send(socket, answerOf(question, rows, columns, rowsPerMessage));
}

/** Answers a month with its days, and a day with its hours. */
export const answeringMonthsAndDays: Answering = (question, socket) => {
  const { trip_month: month, day } = question.type === 'query' ? question.parameters as Readonly<Record<string, string>> : {};
  send(socket, day === undefined ? answerOf(question, daysFrom(month, 28)) : answerOf(question, hoursOf(day), HOUR_COLUMNS));
};
