import { ENCODINGS } from '../../../bench/encoding/encodings';
import { sizesOf } from '../../../bench/encoding/measure';
import { readTrips } from '../../../bench/encoding/trips';

test('20,000 trips use fewer billed units as plain messages than as JSON, less than a third with gzip, and fill messages to 90 percent', async () => {
  const trips = await readTrips(20_000);
  const [dataApi, arrays, plain, compressed] = ENCODINGS.map(({ encode }) => sizesOf(encode(trips)));
  expect(plain.units).toBeLessThanOrEqual(arrays.units);
  expect(arrays.units).toBeLessThan(dataApi.units);
  expect(3 * compressed.units).toBeLessThan(plain.units);
  expect(compressed.fill).toBeGreaterThan(0.9);
  expect(plain.fill).toBeGreaterThan(0.85);
});
