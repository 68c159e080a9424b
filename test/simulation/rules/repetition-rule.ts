import type { ClientQuery, TerminalMessage } from '../client/client-query';

type Message = TerminalMessage['message'];

/** Whether a message repeats the terminal message of an earlier query with its id and result. */
export function isRepetition(queries: readonly ClientQuery[], message: Message, id: string): boolean {
  return message.result !== undefined && queries.some(({ id: other, result, terminalMessage }) => {
    return other === id && result === message.result && terminalMessage !== undefined && isSame(terminalMessage.message, message);
  });
}

/** Why a terminal message without an unfinished query violates the protocol; undefined if it repeats the terminal message, or responds to a `cancel` or a used id. */
export function whyEndedTwice(queries: readonly ClientQuery[], message: Message, id: string): string | undefined {
  const candidates = queries.filter((query) => {
    return query.id === id && (message.result === undefined || query.result === message.result) && !query.isSuperseded && !query.isDeliveredLate;
  });
  const isAllowed = candidates.some(({ terminalMessage, cancelSentAt }) => {
    return (terminalMessage !== undefined && isSame(terminalMessage.message, message)) || isLateCancel(message, cancelSentAt) || isUsedId(message);
  });
  if (isAllowed || !candidates.some(({ isBound }) => isBound)) {
    return undefined;
  }
  const [query] = candidates;
  return `${query.describe()} ended a second time, by ${JSON.stringify(message)} after ${JSON.stringify(query.terminalMessage?.message)}`;
}

function isLateCancel(message: Message, cancelSentAt: number | undefined): boolean {
  return message.type === 'error' && message.code === 'unknown_id' && cancelSentAt !== undefined;
}

/** Whether a client submitted the same id twice, and the service rejected one of the queries. */
function isUsedId(message: Message): boolean {
  return message.type === 'error' && message.code === 'id_in_use';
}

function isSame(one: Message, other: Message): boolean {
  return one.type === 'complete' ? other.type === 'complete' && one.rows === other.rows : other.type === 'error' && one.code === other.code;
}
