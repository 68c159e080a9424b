import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { bundleDelivery, measure } from '../../../bench/memory/measure';

let directory: string;
let bundle: string;

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
  bundle = await bundleDelivery(directory);
});

afterAll(() => fs.rmSync(directory, { recursive: true }));

describe('the delivery of a result', () => {
  it('uses the memory of a few pages, also when the result has many', async () => {
    const few = await measure(bundle, 2, 1000, 1, () => undefined);
    const many = await measure(bundle, 40, 1000, 1, () => undefined);
    expect(few.pageBytes).toBeGreaterThan(100_000);
    expect(few.retainedBytes).toBeGreaterThan(0);
    // If it retained its pages or messages, the memory would be many times larger.
    expect(many.retainedBytes).toBeLessThan(2 * few.retainedBytes);
    expect(many.peakBytes).toBeGreaterThan(many.retainedBytes);
  });
});
