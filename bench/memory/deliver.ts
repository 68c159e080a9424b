import { Readable } from 'node:stream';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { preserveExactIntegers } from '../../src/runtime/aws/clients/exact-integers';
import { RedshiftDataStatementApi } from '../../src/runtime/aws/redshift-data-statement-api';
import { NOTHING_FETCHED } from '../../src/runtime/model/run';
import { RowBatcher } from '../../src/runtime/results/batch-rows';
import { createCompressedMessage } from '../../src/runtime/results/message-batch';
import { toDataApiPage } from '../encoding/data-api-page';
import { generatePages } from '../encoding/trips';

const RUN = '0b7f1a52-6d3e-4c11-9a70-2f4f0b7cf2de';

/** What one delivery used, in bytes. */
export interface Delivery {
  /** The largest page, as the Data API sends it. */
  readonly pageBytes: number;
  /** The largest size of the messages of one page. */
  readonly batchBytes: number;
  /** Peak of the resident memory, above that before the first page. */
  readonly peakBytes: number;
  /** Largest memory in use after a page, above that before the first page. Zero without garbage collection. */
  readonly retainedBytes: number;
}

/** Delivers a result with the adapter and the encoding of SendMessage. Collects garbage after each page if Node.js exposes it. */
async function deliver(pages: number, rowsOfPage: number): Promise<Delivery> {
  const responses = generatePages(pages, rowsOfPage);
  let page = 0;
  let pageBytes = 0;
  const respond = async (): Promise<string> => {
    page += 1;
    const { value: { columns, rows } } = await responses.next();
    const body = toDataApiPage(columns, rows, { totalRows: pages * rowsOfPage, nextToken: page < pages ? String(page) : undefined });
    pageBytes = Math.max(pageBytes, Buffer.byteLength(body));
    return body;
  };
  const statementApi = new RedshiftDataStatementApi(clientOf(respond), 'Benchmark/');
  const batcher = new RowBatcher(RUN, NOTHING_FETCHED, {});
  const [residentBefore, usedBefore] = [process.memoryUsage.rss(), memoryInUse()];
  let batchBytes = 0;
  let retainedBytes = 0;
  while (!batcher.isWhole) {
    batcher.add(await statementApi.fetchPage('statement', batcher.token));
    const { seq = 0, batches = [] } = batcher.take(batcher.isWhole) ?? {};
    const messages = batches.map((batch) => createCompressedMessage(RUN, seq, batch));
    batchBytes = Math.max(batchBytes, messages.reduce((total, message) => total + Buffer.byteLength(message), 0));
    retainedBytes = Math.max(retainedBytes, memoryInUse() - usedBefore);
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024 - residentBefore;
  return { pageBytes, batchBytes, peakBytes, retainedBytes };
}

/** Zero without garbage collection, because garbage would count. */
function memoryInUse(): number {
  if (global.gc === undefined) {
    return 0;
  }
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function clientOf(respond: () => Promise<string>): RedshiftDataClient {
  const client = new RedshiftDataClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
    requestHandler: {
      handle: async () => ({
        response: { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: Readable.from([Buffer.from(await respond())]) },
      }),
    },
  });
  preserveExactIntegers(client);
  return client;
}

const [pages, rowsOfPage] = process.argv.slice(2).map(Number);
deliver(pages, rowsOfPage).then((delivery) => process.stdout.write(JSON.stringify(delivery)), (error) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
