import type { Sent } from './connection';

/** What a caller asks. */
export interface Question {
  readonly query?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly maxAge?: number;
}

/** How far the answer has come, and how the rest is wanted. */
export interface Wish {
  readonly id: string;
  readonly result?: string;
  /** The `seq` of the next message. */
  readonly nextSeq: number;
  readonly window?: number;
  readonly acceptsPacked: boolean;
}

/** The message that asks, or asks for the rest of what was begun. */
export function messageOf({ query, parameters, maxAge }: Question, wish: Wish): Sent & { readonly id: string } {
  const { id, result, nextSeq, window, acceptsPacked } = wish;
  const options = {
    ...(window === undefined ? {} : { window }),
    ...(acceptsPacked ? { encodings: ['gzip'] } : {}),
  };
  return result === undefined
    ? { type: 'query', id, query, parameters, options: { ...options, maxAge } }
    : { type: 'resume', id, result, after: nextSeq - 1, options };
}
