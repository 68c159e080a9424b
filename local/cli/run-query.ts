import { WebSocket } from 'ws';
import type { QueryResult, ArrayRow, ParameterValue } from 'redshift-websocket-client';

/** A query of the example. */
export interface ExampleQuery {
  readonly query: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/** Runs a query once with the client library, which is imported late because the build creates it. */
export async function runQuery(url: string, { query, parameters }: ExampleQuery): Promise<QueryResult<ArrayRow>> {
  const { connect } = await import('redshift-websocket-client');
  const client = connect(url, { WebSocket, maxAttempts: 1 });
  try {
    return await client.query(query, parameters, { rows: 'array' });
  } finally {
    client.close();
  }
}
