import { MAXIMUM_MESSAGE_BYTES } from '../../protocol/messages';
import type { ConnectionBounds } from '../../protocol/messages';
import type { MessageServices } from '../model/services';

/** The limits of a connection. */
export function connectionLimits({ maxQueriesPerConnection, maxQueriesPerCaller, throttle }: MessageServices): ConnectionBounds {
  return {
    messageBytes: MAXIMUM_MESSAGE_BYTES,
    queriesPerConnection: maxQueriesPerConnection,
    ...(maxQueriesPerCaller === undefined ? {} : { queriesPerCaller: maxQueriesPerCaller }),
    ...throttle,
  };
}
