import { MAX_MESSAGE_BYTES } from '../../protocol/limits';
import type { ConnectionLimits } from '../../protocol/messages';
import type { MessageServices } from '../model/services';

/** The limits of a connection. */
export function getConnectionLimits({ maxQueriesPerConnection, maxQueriesPerCaller, throttle }: MessageServices): ConnectionLimits {
  return {
    messageBytes: MAX_MESSAGE_BYTES,
    queriesPerConnection: maxQueriesPerConnection,
    ...(maxQueriesPerCaller === undefined ? {} : { queriesPerCaller: maxQueriesPerCaller }),
    ...throttle,
  };
}
