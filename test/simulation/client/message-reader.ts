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
  readonly isCompressed: boolean;
}

type Rows = RowsMessage | CompressedRowsMessage;
export type ReadMessage = Exclude<ServerMessage, Rows> | ReadRows | { readonly type: 'unknown'; readonly json: string };

/** Reads the messages of the server, and checks the rows in them; each string once, however many clients receive it. */
export class MessageReader {
  private readonly read = new Map<string, readonly ReadMessage[]>();
  /** The string of each `rows` message, which is the same for all clients. */
  private readonly rowsMessages = new Map<string, string>();

  constructor(private readonly world: World, private readonly redshift: SimulatedRedshift) {}

  /** The messages in a message: one, or those that were compressed. */
  public messages(json: string): readonly ReadMessage[] {
    const known = this.read.get(json) ?? this.parse(json);
    this.read.set(json, known);
    return known;
  }

  private parse(json: string): readonly ReadMessage[] {
    const message = JSON.parse(json) as Partial<ServerMessage>;
    if (message.type === undefined) {
      return [{ type: 'unknown', json: json }];
    }
    this.checkSchema(json);
    if (message.type !== 'rows') {
      return [message as Exclude<ServerMessage, Rows>];
    }
    return 'encoding' in message ? this.decompress(message as CompressedRowsMessage) : [this.rows(message as RowsMessage, json, false)];
  }

  private checkSchema(json: string): void {
    const wrong = invalidityOfSent(json);
    if (wrong !== undefined) {
      this.world.broken('P2', `a message violates the protocol, ${wrong}: ${json.slice(0, 1000)}`);
    }
  }

  private decompress({ result, seq, offset, messages, data }: CompressedRowsMessage): readonly ReadMessage[] {
    const contained = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as RowsMessage[];
    if (contained.length !== messages || messages < 2 || contained[0].seq !== seq || contained[0].offset !== offset) {
      this.world.broken('P2', `a compressed message of ${result} states ${messages} messages from ${seq}, and contains ${contained.length} from ${contained[0]?.seq}`);
    }
    // These rows are the same string again, because nothing in them can be written in two ways.
    return contained.map((message) => this.rows(message, JSON.stringify(message), true));
  }

  private rows({ result, seq, offset, columns, rows }: RowsMessage, json: string, isCompressed: boolean): ReadRows {
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
    this.checkRepetition(`${seq} of ${result}`, json);
    return { type: 'rows', result, seq, offset, rows: rows.length, bytes: Buffer.byteLength(json), isCompressed: isCompressed };
  }

  private checkRepetition(name: string, json: string): void {
    const known = this.rowsMessages.get(name) ?? json;
    this.rowsMessages.set(name, known);
    if (known !== json) {
      this.world.broken('P2', `message ${name} is not the same text for everybody`);
    }
  }
}
