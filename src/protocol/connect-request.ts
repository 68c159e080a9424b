/** The WebSocket subprotocol that clients offer and the server echoes. */
export const SUBPROTOCOL = 'redshift-query.v1';

/** Prefix of the subprotocol that contains a client's token, because browsers can't set headers. The server never echoes it. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'redshift-query.token.';

/** The query string key of a client's token, if a subprotocol can't contain it. */
export const TOKEN_KEY = 'token';

/** The `id` of the query in the query string of the connection URL. */
export const CONNECT_ID = 'connect';
