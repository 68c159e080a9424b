import type { SqlEngine, SqlParameter } from '../../../local/redshift/engine/sql-engine';
import { QueryParameter, SqlTemplate } from '../../../src';
import type { RedshiftWebSocketQuery, RedshiftWebSocketQueryProps } from '../../../src';
import type { ErrorMessage, ServerMessage } from '../../../src/protocol/messages';
import { emptyDatabase } from '../../support/local/empty-database';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';
import { WebSocketClient } from '../../support/local/web-socket-client';

/** A statement as Redshift got it. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

/** A database that stores the statements that it receives. */
class RecordingEngine implements SqlEngine {
  public readonly statements: Statement[] = [];

  constructor(private readonly engine: SqlEngine) {}

  public readonly run: SqlEngine['run'] = async (sql, parameters, options) => {
    this.statements.push({ sql, parameters });
    return this.engine.run(sql, parameters, options);
  };

  public async close(): Promise<void> {
    await this.engine.close();
  }
}

/** The bytes of a string, which show a change by the database or its client. */
function bytesOf(expression: string): string {
  return `ENCODE(CONVERT_TO(${expression}, 'UTF8'), 'hex')`;
}

const STRING_SQL = `SELECT ${bytesOf('CAST(:text AS VARCHAR(4000))')} AS bytes, n FROM trips WHERE n = 1 OR CAST(:text AS VARCHAR(4000)) = 'no such text' ORDER BY n`;

/** A query for each kind of parameter, in addition to the default one with a string. */
function addQueries(query: RedshiftWebSocketQuery): void {
  const add = (name: string, type: string, parameter: QueryParameter) => query.addQuery(name, {
    sql: SqlTemplate.inline(`SELECT CAST(CAST(:value AS ${type}) AS VARCHAR(100)) AS value`),
    parameters: { value: parameter },
  });
  add('integer', 'BIGINT', QueryParameter.integer());
  add('decimal', 'DECIMAL(38, 10)', QueryParameter.decimal({ scale: 10 }));
  add('boolean', 'BOOLEAN', QueryParameter.bool());
  add('date', 'DATE', QueryParameter.date());
  add('timestamp', 'TIMESTAMP', QueryParameter.timestamp());
  add('moment', 'TIMESTAMPTZ', QueryParameter.timestamp({ withTimeZone: true }));
  add('one_of', 'VARCHAR(100)', QueryParameter.oneOf(['CMT', 'VTS']));
  add('pattern', 'VARCHAR(100)', QueryParameter.string({ pattern: '^\\d{4}-\\d{2}$' }));
  query.addQuery('texts', {
    sql: SqlTemplate.inline(`SELECT ${bytesOf('CAST(n AS VARCHAR(9))')} AS n FROM trips WHERE CAST(:text AS VARCHAR(4000)) IN (:texts) ORDER BY 1`),
    parameters: { text: QueryParameter.string({ maxLength: 4000 }), texts: QueryParameter.listOf(QueryParameter.string({ maxLength: 4000 })) },
  });
  query.addQuery('numbers', {
    sql: SqlTemplate.inline('SELECT n FROM trips WHERE n IN (:numbers) ORDER BY n'),
    parameters: { numbers: QueryParameter.listOf(QueryParameter.integer(), { maxItems: 5 }) },
  });
  query.addQuery('trips', { sql: SqlTemplate.inline('SELECT COUNT(*) AS trips FROM trips') });
  query.addQuery('slow', {
    sql: SqlTemplate.inline('SELECT n, CAST(:text AS VARCHAR(100)) AS text FROM generate_series(1, 20000) AS s(n) ORDER BY n'),
    parameters: { text: QueryParameter.string() },
  });
}

/** A service that is attacked, on a local AWS of its own. */
export class AttackedApplication {
  /** With a table `trips` of three rows, and a query for each kind of parameter; `prepare` may add to them. */
  public static async start(
    props: Partial<RedshiftWebSocketQueryProps> = {},
    prepare: (query: RedshiftWebSocketQuery) => void = () => undefined,
  ): Promise<AttackedApplication> {
    const engine = await emptyDatabase();
    await engine.run('CREATE TABLE trips (n INTEGER)', []);
    await engine.run('INSERT INTO trips VALUES (1), (2), (3)', []);
    const recordingEngine = new RecordingEngine(engine);
    const application = await startLocalApplication({ Query: [STRING_SQL] }, recordingEngine, {}, {
      parameters: { text: QueryParameter.string({ maxLength: 4000 }) },
      ...props,
    }, (query) => {
      addQueries(query);
      prepare(query);
    });
    return new AttackedApplication(application, recordingEngine);
  }

  private readonly clients: WebSocketClient[] = [];

  private constructor(public readonly application: LocalApplication, private readonly engine: RecordingEngine) {}

  public get url(): string {
    return this.application.url('Query');
  }

  /** The statements that Redshift has received. */
  public get statements(): readonly Statement[] {
    return this.engine.statements;
  }

  /** A client; closed with the application. */
  public async connect(queryString = '', subprotocols?: string[]): Promise<WebSocketClient> {
    const client = await WebSocketClient.connect(`${this.url}${queryString}`, subprotocols);
    this.clients.push(client);
    return client;
  }

  /** The number of rows of the table that an attacker tries to drop. */
  public async trips(): Promise<unknown> {
    const client = await this.connect();
    client.send({ type: 'query', id: 'a', query: 'trips' });
    const { rows } = await client.waitForResult('a');
    await client.close();
    return rows[0]?.[0];
  }

  public async close(): Promise<void> {
    await Promise.all(this.clients.map(async (client) => client.close()));
    await this.application.close();
    await this.engine.close();
  }
}

/** Sends a message, or calls a function that does, and waits for the next received message. */
export async function responseTo(client: WebSocketClient, message: unknown): Promise<ServerMessage> {
  const before = client.messages.length;
  typeof message === 'function' ? message() : client.send(message);
  return client.waitFor((received) => client.messages.indexOf(received) >= before);
}

/** Like `responseTo`, but the response must be an error. */
export async function errorOf(client: WebSocketClient, message: unknown): Promise<ErrorMessage> {
  const response = await responseTo(client, message);
  if (response.type !== 'error') {
    throw new Error(`an error was expected, and not ${JSON.stringify(response)}`);
  }
  return response;
}
