import { Application } from '../../../bench/pipeline/application/application';
import { COUNT_LATENCIES, countAll } from '../../../bench/pipeline/counts/counts';
import { readCounts } from '../../../bench/pipeline/counts/counts-file';
import type { Counts } from '../../../bench/pipeline/counts/counts-file';

const SQL_MILLISECONDS = 500;
const ROWS = 31;

let application: Application;

beforeAll(async () => {
  application = await Application.start(COUNT_LATENCIES);
});

afterAll(async () => {
  await application?.close();
});

/** The counts that don't depend on the speed of the machine. */
function countsOf({ calls, usage: { gigabyteSeconds: _, ...usage } }: Counts): object {
  return { calls, usage };
}

describe('pipeline-counts.json', () => {
  it('has the calls and units of a query on the local AWS: npm run bench -- pipeline --write-counts writes them again', async () => {
    const [stored] = readCounts().counts.filter(({ sqlMilliseconds, viewers, rows }) =>
      sqlMilliseconds === SQL_MILLISECONDS && viewers === 1 && rows === ROWS);
    const [counted] = await countAll(application, 1, [SQL_MILLISECONDS], [ROWS]);
    expect(countsOf(counted)).toEqual(countsOf(stored));
  });
});
