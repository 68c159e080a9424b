import type { Log } from '../../model/services';

/** Writes an entry as one line of JSON, which CloudWatch Logs Insights reads as fields. */
export const log: Log = (entry) => console.log(JSON.stringify(entry));
