import * as fs from 'node:fs';
import { PERFORMANCE_PAGE, withTables } from '../../bench/pipeline/report/performance-page';

const PAGE = fs.readFileSync(PERFORMANCE_PAGE, 'utf8');

describe('withTables', () => {
  it('replaces only the generated part of the page', () => {
    const page = withTables(PAGE, 'Settings.', [{ title: 'Time', content: '| a   |   b |\n| --- | --- |' }]);
    const [before, rest] = page.split('Settings.');
    expect(PAGE.startsWith(before)).toBe(true);
    const [tables, after] = rest.split('<!-- End');
    expect(tables).toBe('\n\n## Time\n\n| a | b |\n| --- | --- |\n\n');
    expect(PAGE.endsWith(`<!-- End${after}`)).toBe(true);
  });

  it('throws when the page has no generated part', () => {
    expect(() => withTables('# Performance', '', [])).toThrow('performance.md has no lines');
  });
});
