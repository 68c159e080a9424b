/**
 * Maximum size of a message in both directions, in bytes: the frame limit of API Gateway, and the unit that it bills.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const MAX_MESSAGE_BYTES = 32 * 1024;

/** Maximum number of characters, as Unicode code points, in an `id` or the name of a result. */
export const MAX_NAME_LENGTH = 128;

/** Maximum number in a client message. Sums of such numbers remain exact. */
export const MAX_NUMBER = 1_000_000_000;
