import { parseCostOptions } from '../../bench/cost/options';
import { DEFAULT_LATENCIES } from '../../bench/pipeline/latency/latencies';
import { parsePipelineOptions } from '../../bench/pipeline/options';

describe('options of the pipeline benchmark', () => {
  it('have defaults', () => {
    expect(parsePipelineOptions([])).toEqual({
      queries: 200,
      sharedQueries: 20,
      viewers: [1, 100],
      sqlMilliseconds: [50, 500, 5000],
      rows: 31,
      intervalMilliseconds: 500,
      capacity: 8,
      latencies: DEFAULT_LATENCIES,
      json: false,
      writeCounts: false,
      writeDocs: false,
    });
  });

  it('change each latency', () => {
    expect(parsePipelineOptions(['--dynamodb', '7', '--cold-start', '0'])!.latencies).toEqual({ ...DEFAULT_LATENCIES, 'dynamodb': 7, 'cold-start': 0 });
  });

  it.each([['--queries', '0'], ['--viewers', '1,x'], ['--event', '-1']])('are rejected when %s is %s', (name, value) => {
    expect(() => parsePipelineOptions([`${name}=${value}`])).toThrow(`${name} is invalid`);
  });
});

describe('options of the cost', () => {
  it('accept exponents', () => {
    expect(parseCostOptions(['--queries', '1e6', '--viewers', '20'])).toMatchObject({ queries: 1_000_000, viewers: 20, rows: 31, sqlMilliseconds: 500 });
  });

  it.each(['1.5', '', 'many', '-1'])('are rejected when a number is "%s"', (value) => {
    expect(() => parseCostOptions([`--queries=${value}`])).toThrow(`--queries is invalid: "${value}"`);
  });
});
