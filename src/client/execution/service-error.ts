import type { Submission } from './submission';
import type { ReceivedError } from '../messages/server-message';

/** The reaction of an execution to an error of the service. */
export type ErrorResponse = 'ignore' | 'resume' | 'restart' | 'submit_without_compression' | 'wait_for_room' | 'fail';

/**
 * Returns how a query continues after an `error` message with its id.
 *
 * @param deliveredRows the number of rows that the caller has read
 */
export function errorResponse({ code, result }: ReceivedError, submission: Submission, deliveredRows: number): ErrorResponse {
  const isForAnotherMessage = submission.isAccepted && result === undefined;
  if (isForAnotherMessage || code === 'unknown_id' || code === 'id_in_use') {
    return 'ignore';
  }
  switch (code) {
    case 'stalled': return 'resume';
    case 'result_expired': return deliveredRows === 0 ? 'restart' : 'fail';
    // Earlier versions of the service reject the field `encodings`.
    case 'unknown_field': return submission.offersCompression ? 'submit_without_compression' : 'fail';
    case 'too_many_queries': return 'wait_for_room';
    default: return 'fail';
  }
}
