import type { CompleteMessage } from '../../../src/protocol/messages';
import type { Settings } from '../scenario/scenario';
import type { Statement } from '../services/simulated-redshift';

/** Why a result may not be complete with that many rows; undefined where it may: it has all, or those that the limits of the query leave. */
export function whyIncomplete({ rows, bytes, truncated }: CompleteMessage, statement: Statement | undefined, settings: Settings): string | undefined {
  const { maxRows = Infinity, maxResultBytes = Infinity } = settings;
  const all = statement?.plan.outcome === 'rows' ? statement.plan.rows : 0;
  const isWithinLimits = rows <= maxRows && bytes <= maxResultBytes;
  const isCutByBytes = truncated && maxResultBytes < Infinity;
  if (isWithinLimits && (isCutByBytes || (rows === Math.min(all, maxRows) && truncated === rows < all))) {
    return undefined;
  }
  return `${rows} of ${all} rows, ${bytes} bytes, ${truncated ? 'truncated' : 'not truncated'}; the limits are ${maxRows} rows and ${maxResultBytes} bytes`;
}
