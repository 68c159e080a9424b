import { WebSocket } from 'ws';

/** A whole answer. */
export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly timing: Readonly<Record<string, number>>;
}

/** The service answered with an error; its message is for people. */
export class QueryError extends Error {
  constructor(public readonly code: string, message: string) {
    super(message);
  }
}

type Message = Record<string, any> & { type: string };

/** Asks for one query through a WebSocket, as a page does, and gathers its rows. */
export async function askOnce(url: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
  const socket = new WebSocket(url, 'redshift-query.v1');
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const gather = gatherer(resolve, reject);
      socket.on('error', reject);
      socket.on('close', (code) => reject(new Error(`the connection to ${url} was closed with ${code} before the answer was complete`)));
      socket.on('open', () => socket.send(JSON.stringify({ type: 'query', id: '1', parameters })));
      socket.on('message', (data) => gather(JSON.parse(data.toString())));
    });
  } finally {
    socket.terminate();
  }
}

function gatherer(resolve: (answer: Answer) => void, reject: (error: Error) => void): (message: Message) => void {
  let columns: Answer['columns'] = [];
  const rows: unknown[][] = [];
  let nextSeq = 0;
  return (message) => {
    if (message.type === 'rows' && message.seq === nextSeq) {
      columns = message.columns ?? columns;
      rows.push(...message.rows);
      nextSeq += 1;
    } else if (message.type === 'complete') {
      resolve({ columns, rows, timing: message.timing });
    } else if (message.type === 'error') {
      reject(new QueryError(message.code, message.message));
    }
  };
}
