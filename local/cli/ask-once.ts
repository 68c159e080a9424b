import type { QueryResult, ArrayRow, ParameterValue } from 'redshift-websocket-client';
import { WebSocket } from 'ws';

/** One of the example's queries. */
export interface Question {
  readonly query: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/** Asks once, with the client library of the package, which is there only after the package was built. */
export async function askOnce(url: string, { query, parameters }: Question): Promise<QueryResult<ArrayRow>> {
  const { connect } = await import('redshift-websocket-client');
  const client = connect(url, { WebSocket, maxAttempts: 1 });
  try {
    return await client.query(query, parameters, { rows: 'array' });
  } finally {
    client.close();
  }
}
