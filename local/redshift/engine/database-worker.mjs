// Plain JavaScript, because worker threads in some versions of Node.js can't load TypeScript.
import { readFile, writeFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';

// Otherwise, PGlite removes a byte order mark at the start of a value.
globalThis.TextDecoder = class extends TextDecoder {
  constructor(encoding, options) {
    super(encoding, { ...options, ignoreBOM: true });
  }
};
const { PGlite, protocol } = await import('@electric-sql/pglite');
const { serialize } = protocol;
// A blob of the file becomes unreadable when another process touches the file.
const database = await PGlite.create(workerData.snapshot ? { loadDataDir: new Blob([await readFile(workerData.snapshot)]) } : {});

/** Runs a statement with the extended protocol, which returns all values as strings. */
async function extendedQuery(sql, values) {
  const messages = [];
  const send = async (message) => {
    messages.push(...await database.execProtocolStream(message, { syncToFs: false, throwOnError: true }));
  };
  try {
    await send(serialize.parse({ text: sql }));
    await send(serialize.bind({ values }));
    await send(serialize.describe({ type: 'P' }));
    await send(serialize.execute({}));
  } finally {
    await send(serialize.sync());
  }
  const description = messages.find((message) => message.name === 'rowDescription');
  return {
    columns: description?.fields.map((field) => ({
      name: field.name,
      tableOid: field.tableID,
      columnNumber: field.columnID,
      typeOid: field.dataTypeID,
      typeModifier: field.dataTypeModifier,
    })),
    rows: messages.filter((message) => message.name === 'dataRow').map((message) => message.fields),
    commandTag: messages.find((message) => message.name === 'commandComplete')?.text ?? '',
  };
}

const requests = {
  execute: ({ sql }) => database.exec(sql).then(() => undefined),
  query: ({ sql, values }) => database.runExclusive(() => extendedQuery(sql, values)),
  copy: ({ sql, data }) => database.query(sql, [], { blob: new Blob([data]) }).then(() => undefined),
  dump: async ({ path }) => {
    const dump = await database.dumpDataDir('none');
    await writeFile(path, dump.stream());
  },
};

parentPort.on('message', async (request) => {
  try {
    parentPort.postMessage({ id: request.id, value: await requests[request.kind](request) });
  } catch (error) {
    const { message, code, detail, hint, routine } = error;
    parentPort.postMessage({ id: request.id, error: { message, code, detail, hint, isSqlError: typeof code === 'string' && routine !== undefined } });
  }
});
parentPort.postMessage({ id: 0, value: undefined });
