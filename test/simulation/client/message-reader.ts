import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { CompressedRowsMessage, RowsMessage, ServerMessage } from '../../../src/protocol/messages';
import { invalidityOfSent } from '../../support/protocol-schema';
import { COLUMNS, stringOf } from '../services/simulated-redshift';
import type { SimulatedRedshift } from '../services/simulated-redshift';
import type { World } from '../world';

/** Some rows as a client needs them: which come, and how many. */
export interface ReadRows {
  readonly type: 'rows';
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
  readonly rows: number;
  readonly bytes: number;
  /** Whether they arrived in a compressed message. */
  readonly isPacked: boolean;
}

type Rows = RowsMessage | CompressedRowsMessage;
export type ReadMessage = Exclude<ServerMessage, Rows> | ReadRows | { readonly type: 'unknown'; readonly text: string };

/** Reads the messages of the server, and checks the rows in them; each string once, however many clients receive it. */
export class MessageReader {
  private readonly read = new Map<string, readonly ReadMessage[]>();
  /** The string of each `rows` message, which is the same for all clients. */
  private readonly rowsTexts = new Map<string, string>();

  constructor(private readonly world: World, private readonly redshift: SimulatedRedshift) {}

  /** The messages in a message: one, or those that were compressed. */
  public messages(text: string): readonly ReadMessage[] {
    const known = this.read.get(text) ?? this.parse(text);
    this.read.set(text, known);
    return known;
  }

  private parse(text: string): readonly ReadMessage[] {
    const message = JSON.parse(text) as Partial<ServerMessage>;
    if (message.type === undefined) {
      return [{ type: 'unknown', text }];
    }
    this.checkSchema(text);
    if (message.type !== 'rows') {
      return [message as Exclude<ServerMessage, Rows>];
    }
    return 'encoding' in message ? this.packed(message as CompressedRowsMessage) : [this.rows(message as RowsMessage, text, false)];
  }

  private checkSchema(text: string): void {
    const wrong = invalidityOfSent(text);
    if (wrong !== undefined) {
      this.world.broken('P2', `a message is not as the protocol says, ${wrong}: ${text.slice(0, 1000)}`);
    }
  }

  private packed({ result, seq, offset, messages, data }: CompressedRowsMessage): readonly ReadMessage[] {
    const unpacked = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as RowsMessage[];
    if (unpacked.length !== messages || messages < 2 || unpacked[0].seq !== seq || unpacked[0].offset !== offset) {
      this.world.broken('P2', `a packed message of ${result} tells of ${messages} messages from ${seq} on, and has ${unpacked.length} from ${unpacked[0]?.seq} on`);
    }
    // These rows are the same string again, because nothing in them can be written in two ways.
    return unpacked.map((message) => this.rows(message, JSON.stringify(message), true));
  }

  private rows({ result, seq, offset, columns, rows }: RowsMessage, text: string, isPacked: boolean): ReadRows {
    const statement = this.redshift.statementOf(result);
    const isRight = (row: RowsMessage['rows'][number], place: number) => {
      return statement !== undefined && isDeepStrictEqual(row, [statement.id, offset + place, stringOf(statement.plan, offset + place)]);
    };
    if (!rows.every(isRight)) {
      this.world.broken('P2', `message ${seq} of ${result} has rows that are not those of its statement ${statement?.id}`);
    }
    if (!isDeepStrictEqual(columns, seq === 0 ? COLUMNS : undefined)) {
      this.world.broken('P2', `message ${seq} of ${result} has the columns ${JSON.stringify(columns)}`);
    }
    this.checkText(`${seq} of ${result}`, text);
    return { type: 'rows', result, seq, offset, rows: rows.length, bytes: Buffer.byteLength(text), isPacked };
  }

  private checkText(name: string, text: string): void {
    const known = this.rowsTexts.get(name) ?? text;
    this.rowsTexts.set(name, known);
    if (known !== text) {
      this.world.broken('P2', `message ${name} is not the same text for everybody`);
    }
  }
}
