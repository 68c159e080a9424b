import { isDeepStrictEqual } from 'node:util';
import { COLUMNS } from './simulated-redshift';
import type { SimulatedRedshift } from './simulated-redshift';
import type { World } from './world';
import type { RowsMessage, ServerMessage } from '../../src/protocol/messages';

/** Some rows as a client needs them: which come, and how many. */
export interface ReadRows {
  readonly type: 'rows';
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
  readonly rows: number;
  readonly bytes: number;
}

export type ReadMessage = Exclude<ServerMessage, RowsMessage> | ReadRows | { readonly type: 'unknown'; readonly text: string };

/** Reads the messages of the server, and checks the rows in them; each text once, however many clients receive it. */
export class MessageReader {
  private readonly read = new Map<string, ReadMessage>();

  constructor(private readonly world: World, private readonly redshift: SimulatedRedshift) {}

  public message(text: string): ReadMessage {
    const known = this.read.get(text) ?? this.parse(text);
    this.read.set(text, known);
    return known;
  }

  private parse(text: string): ReadMessage {
    const message = JSON.parse(text) as Partial<ServerMessage>;
    if (message.type === undefined) {
      return { type: 'unknown', text };
    }
    return message.type === 'rows' ? this.rows(message as RowsMessage, Buffer.byteLength(text)) : message as Exclude<ServerMessage, RowsMessage>;
  }

  private rows({ result, seq, offset, columns, rows }: RowsMessage, bytes: number): ReadRows {
    const statement = this.redshift.statementOf(result);
    const isRight = (row: RowsMessage['rows'][number], place: number) => {
      return row[0] === statement?.id && row[1] === offset + place && String(row[2]).length === statement.plan.width;
    };
    if (!rows.every(isRight)) {
      this.world.broken('P2', `message ${seq} of ${result} has rows that are not those of its statement ${statement?.id}`);
    }
    if (!isDeepStrictEqual(columns, seq === 0 ? COLUMNS : undefined)) {
      this.world.broken('P2', `message ${seq} of ${result} has the columns ${JSON.stringify(columns)}`);
    }
    return { type: 'rows', result, seq, offset, rows: rows.length, bytes };
  }
}
