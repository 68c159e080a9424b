type Client = 'dynamoDb' | 'tickets' | 'sqs' | 'connections' | 'redshiftData' | 's3';

/** The attempts of an SDK client, and the timeout of each, in milliseconds. */
interface CallLimits {
  readonly attempts: number;
  readonly timeoutMs: number;
  /** Timeout of an idle connection. By default, the timeout of an attempt. */
  readonly idleTimeoutMs?: number;
}

/**
 * All attempts of one call together end well before the function's own timeout, even when a service accepts connections and never responds. Six attempts
 * outlast a throttle of several seconds. Calls that the queue repeats have three: the queue waits longer, and occupies no function in the meantime.
 */
const LIMITS: Record<Client, CallLimits> = {
  dynamoDb: { attempts: 6, timeoutMs: 2000 },
  /** API Gateway waits 10 seconds for an authorizer. */
  tickets: { attempts: 3, timeoutMs: 2000 },
  sqs: { attempts: 6, timeoutMs: 3000 },
  /** Less than SendMessage reserves for one more post. */
  connections: { attempts: 3, timeoutMs: 1500 },
  /** Its result pages have a longer timeout of their own. */
  redshiftData: { attempts: 3, timeoutMs: 6000, idleTimeoutMs: 18_000 },
  s3: { attempts: 3, timeoutMs: 6000 },
};

const CONNECTION_TIMEOUT_MS = 1000;

/** The attempts and timeouts of an SDK client. A call that timed out may have had effect. */
export function getClientOptions(client: Client) {
  const { attempts, timeoutMs, idleTimeoutMs = timeoutMs } = LIMITS[client];
  return {
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      // The request timeout ends with the headers of the response; this one covers its body.
      socketTimeout: idleTimeoutMs,
    },
  };
}
