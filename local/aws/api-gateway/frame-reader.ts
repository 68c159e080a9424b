/** Reads the frame headers of a byte stream and checks the size of frames and messages. */
export class FrameReader {
  private header: Buffer = Buffer.alloc(0);
  private payloadLeft = 0;
  private messageLength = 0;

  constructor(private readonly limits: { readonly frameBytes: number; readonly messageBytes: number }) {}

  /** Reads a chunk. Returns the problem if a limit is exceeded. */
  public read(chunk: Buffer): string | undefined {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.payloadLeft > 0) {
        const skipped = Math.min(this.payloadLeft, rest.length);
        this.payloadLeft -= skipped;
        rest = rest.subarray(skipped);
        continue;
      }
      const before = this.header.length;
      this.header = Buffer.concat([this.header, rest.subarray(0, MAX_HEADER_BYTES - before)]);
      const size = headerSize(this.header);
      if (size === undefined || this.header.length < size) {
        return undefined;
      }
      rest = rest.subarray(size - before);
      const problem = this.startFrame(this.header.subarray(0, size));
      this.header = Buffer.alloc(0);
      if (problem !== undefined) {
        return problem;
      }
    }
    return undefined;
  }

  private startFrame(header: Buffer): string | undefined {
    const isLast = header[0] >= FINAL_FLAG;
    const isControl = header[0] % CONTROL_MODULUS >= FIRST_CONTROL_OPCODE;
    this.payloadLeft = payloadLength(header);
    if (isControl) {
      return undefined;
    }
    const { frameBytes, messageBytes } = this.limits;
    this.messageLength += this.payloadLeft;
    if (this.messageLength > messageBytes) {
      return `Maximum message size is ${messageBytes} bytes: split the message`;
    }
    if (this.payloadLeft > frameBytes) {
      return `Maximum frame size is ${frameBytes} bytes: split the message into frames`;
    }
    if (isLast) {
      this.messageLength = 0;
    }
    return undefined;
  }
}

/** 2 bytes, 8 bytes of extended length and 4 bytes of mask. */
const MAX_HEADER_BYTES = 14;
const FINAL_FLAG = 0x80;
const CONTROL_MODULUS = 0x10;
const FIRST_CONTROL_OPCODE = 0x8;
const MASK_FLAG = 0x80;
const MASK_BYTES = 4;
const LENGTH_IN_TWO_BYTES = 126;
const LENGTH_IN_EIGHT_BYTES = 127;

function headerSize(header: Buffer): number | undefined {
  if (header.length < 2) {
    return undefined;
  }
  const length = header[1] % MASK_FLAG;
  const extension = length === LENGTH_IN_EIGHT_BYTES ? 8 : length === LENGTH_IN_TWO_BYTES ? 2 : 0;
  return 2 + extension + (header[1] >= MASK_FLAG ? MASK_BYTES : 0);
}

function payloadLength(header: Buffer): number {
  const length = header[1] % MASK_FLAG;
  if (length === LENGTH_IN_EIGHT_BYTES) {
    return Number(header.readBigUInt64BE(2));
  }
  return length === LENGTH_IN_TWO_BYTES ? header.readUInt16BE(2) : length;
}
