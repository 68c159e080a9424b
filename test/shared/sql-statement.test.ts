import * as fc from 'fast-check';
import type { CanonicalValue } from '../../src/shared/query-definitions';
import { scanSql } from '../../src/shared/sql-scanner';
import { bindValues } from '../../src/shared/sql-statement';

describe('bindValues', () => {
  it('returns the template unchanged and the strings as parameters', () => {
    const sql = "SELECT :a::DATE, ':b', \":c\" -- :d\n/* :e */ WHERE x = :b";
    expect(bindValues(sql, { a: '2015-01-01', b: "'; DROP TABLE t --" })).toEqual({ sql, parameters: { a: '2015-01-01', b: "'; DROP TABLE t --" } });
  });

  it.each<[string, string, Record<string, CanonicalValue>, string, object]>([
    ['NULL becomes the keyword', 'SELECT :a, (:a), :b', { a: null, b: 'x' }, 'SELECT NULL, (NULL), :b', { b: 'x' }],
    ['an empty string becomes two quotes', "SELECT :a || 'x'", { a: '' }, "SELECT '' || 'x'", {}],
    ['a cast is unchanged', 'SELECT :a::DATE', { a: null }, 'SELECT NULL ::DATE', {}],
    ['a keyword is separated from the preceding word', 'SELECT:a', { a: null }, 'SELECT NULL', {}],
    ['an empty string is separated from adjacent strings', "SELECT 'x':a'y'", { a: '' }, "SELECT 'x' '' 'y'", {}],
    ['a colon in quotes, comments and casts is unchanged', "SELECT ':a' /* :a */ -- :a\n, $$:a$$, \":a\", E'\\':a', ::a, :a", { a: null },
      "SELECT ':a' /* :a */ -- :a\n, $$:a$$, \":a\", E'\\':a', ::a, NULL", {}],
    ['a list becomes one placeholder for each item', 'x IN (:a)', { a: ['1', '2', '3'] }, 'x IN (:a_1, :a_2, :a_3)', { a_1: '1', a_2: '2', a_3: '3' }],
    ['a list has the same placeholders at each place', 'x IN (:a) OR y IN (:a)', { a: ['1', '2'] }, 'x IN (:a_1, :a_2) OR y IN (:a_1, :a_2)', { a_1: '1', a_2: '2' }],
    ['a list can contain an empty string', 'x IN (:a)', { a: ['', 'b'] }, "x IN ('', :a_2)", { a_2: 'b' }],
    ['an omitted list becomes NULL', 'x IN (:a)', { a: null }, 'x IN (NULL)', {}],
    ['an item does not have the name of another parameter', 'x IN (:a) AND y = :a_1 AND z IN (:a_)', { a: ['1', '2'], a_1: 'x', a_: ['3'] },
      'x IN (:a_1_, :a_2) AND y = :a_1 AND z IN (:a__1)', { a_1_: '1', a_2: '2', a_1: 'x', a__1: '3' }],
    ['an item does not have the name of another item', 'x IN (:a) AND y IN (:a_)', { a: ['1'], a_: ['2'], a_1: 'x', a__1: 'y', a_1_: 'z' },
      'x IN (:a_1__) AND y IN (:a__1_)', { a_1__: '1', a__1_: '2' }],
    ['an unused parameter is omitted', 'SELECT :a', { a: '1', b: '2' }, 'SELECT :a', { a: '1' }],
  ])('applies the rule: %s', (_, template, values, sql, parameters) => {
    expect(bindValues(template, values)).toEqual({ sql, parameters });
  });

  it.each(['SELECT :b', 'SELECT :toString', 'SELECT :__proto__'])('throws when a placeholder has no parameter: %s', (sql) => {
    expect(() => bindValues(sql, { a: '1' })).toThrow(`the placeholder ${sql.slice(7)} has no parameter`);
  });

  const NAMES = fc.constantFrom('a', 'a_', 'a_1', 'a__1', 'a_1_', 'A', 'constructor');
  const VALUE = fc.oneof(fc.string(), fc.constant(null), fc.array(fc.string(), { minLength: 1, maxLength: 3 }));
  const VALUES = fc.dictionary(NAMES, VALUE, { noNullPrototype: true });
  const PARTS = fc.oneof(
    fc.constantFrom(' ', '::', ':a', ':a_1', ':a_', "'", "':a'", '"', '":a"', '$$', '$x$', '--', '\n', '\r', '/*', '*/', 'E', '\\', '(', ')', ',', 'x', ';', '1'),
    NAMES.map((name) => `:${name}`),
  );

  it('changes only placeholders when templates and values are random', () => {
    let bound = 0;
    fc.assert(fc.property(fc.array(PARTS, { maxLength: 30 }), VALUES, (parts, values) => {
      const template = parts.join('');
      let statement;
      try {
        statement = bindValues(template, values);
      } catch {
        return;
      }
      bound += 1;
      // When scanned again, each placeholder of the template has its items, and every other token is unchanged.
      const before = [...scanSql(template)];
      const after = [...scanSql(statement.sql)];
      const expected = before.flatMap(({ kind, value }): unknown[] => {
        const items = kind !== 'placeholder' ? [value] : [values[value.slice(1)]].flat().map((item) => item === null ? 'NULL' : item === '' ? "''" : { value: item });
        return items.flatMap((item, index) => index === 0 ? [item] : [',', item]);
      });
      const read = after.map(({ kind, value }) => kind === 'placeholder' ? { value: statement.parameters[value.slice(1)] } : value);
      expect(read).toEqual(expected);
      // A placeholder has one value, and none is left over.
      const used = new Set(after.filter(({ kind }) => kind === 'placeholder').map(({ value }) => value.slice(1)));
      expect(Object.keys(statement.parameters).sort()).toEqual([...used].sort());
      expect(Object.values(statement.parameters)).not.toContain('');
    }), { numRuns: 3000 });
    expect(bound).toBeGreaterThan(300);
  });
});
