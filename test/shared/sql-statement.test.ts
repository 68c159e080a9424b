import * as fc from 'fast-check';
import type { CanonicalValue } from '../../src/shared/query-definitions';
import { scanSql } from '../../src/shared/sql-scanner';
import { bindValues } from '../../src/shared/sql-statement';

describe('a statement', () => {
  test('with texts is the template, and the texts stand beside it', () => {
    const sql = "SELECT :a::DATE, ':b', \":c\" -- :d\n/* :e */ WHERE x = :b";
    expect(bindValues(sql, { a: '2015-01-01', b: "'; DROP TABLE t --" })).toEqual({ sql, parameters: { a: '2015-01-01', b: "'; DROP TABLE t --" } });
  });

  test.each<[string, string, Record<string, CanonicalValue>, string, object]>([
    ['NULL is that word', 'SELECT :a, (:a), :b', { a: null, b: 'x' }, 'SELECT NULL, (NULL), :b', { b: 'x' }],
    ['the empty text is two quotes', "SELECT :a || 'x'", { a: '' }, "SELECT '' || 'x'", {}],
    ['a cast stays', 'SELECT :a::DATE', { a: null }, 'SELECT NULL ::DATE', {}],
    ['a neighbour makes no other word of it', 'SELECT:a', { a: null }, 'SELECT NULL', {}],
    ['a neighbour makes no other text of it', "SELECT 'x':a'y'", { a: '' }, "SELECT 'x' '' 'y'", {}],
    ['what only looks like a placeholder stays', "SELECT ':a' /* :a */ -- :a\n, $$:a$$, \":a\", E'\\':a', ::a, :a", { a: null },
      "SELECT ':a' /* :a */ -- :a\n, $$:a$$, \":a\", E'\\':a', ::a, NULL", {}],
    ['a list is as many placeholders', 'x IN (:a)', { a: ['1', '2', '3'] }, 'x IN (:a_1, :a_2, :a_3)', { a_1: '1', a_2: '2', a_3: '3' }],
    ['a list is the same at each of its places', 'x IN (:a) OR y IN (:a)', { a: ['1', '2'] }, 'x IN (:a_1, :a_2) OR y IN (:a_1, :a_2)', { a_1: '1', a_2: '2' }],
    ['a list may hold the empty text', 'x IN (:a)', { a: ['', 'b'] }, "x IN ('', :a_2)", { a_2: 'b' }],
    ['a list that was left out is NULL', 'x IN (:a)', { a: null }, 'x IN (NULL)', {}],
    ['an item has the name of no other parameter', 'x IN (:a) AND y = :a_1 AND z IN (:a_)', { a: ['1', '2'], a_1: 'x', a_: ['3'] },
      'x IN (:a_1_, :a_2) AND y = :a_1 AND z IN (:a__1)', { a_1_: '1', a_2: '2', a_1: 'x', a__1: '3' }],
    ['an item has the name of no other item', 'x IN (:a) AND y IN (:a_)', { a: ['1'], a_: ['2'], a_1: 'x', a__1: 'y', a_1_: 'z' },
      'x IN (:a_1__) AND y IN (:a__1_)', { a_1__: '1', a__1_: '2' }],
    ['a parameter that the SQL does not use is not sent', 'SELECT :a', { a: '1', b: '2' }, 'SELECT :a', { a: '1' }],
  ])('%s', (_, template, values, sql, parameters) => {
    expect(bindValues(template, values)).toEqual({ sql, parameters });
  });

  test.each(['SELECT :b', 'SELECT :toString', 'SELECT :__proto__'])('fails where a placeholder has no parameter: %s', (sql) => {
    expect(() => bindValues(sql, { a: '1' })).toThrow(`the placeholder ${sql.slice(7)} has no parameter`);
  });

  const NAMES = fc.constantFrom('a', 'a_', 'a_1', 'a__1', 'a_1_', 'A', 'constructor');
  const VALUE = fc.oneof(fc.string(), fc.constant(null), fc.array(fc.string(), { minLength: 1, maxLength: 3 }));
  const VALUES = fc.dictionary(NAMES, VALUE, { noNullPrototype: true });
  const PIECES = fc.oneof(
    fc.constantFrom(' ', '::', ':a', ':a_1', ':a_', "'", "':a'", '"', '":a"', '$$', '$x$', '--', '\n', '\r', '/*', '*/', 'E', '\\', '(', ')', ',', 'x', ';', '1'),
    NAMES.map((name) => `:${name}`),
  );

  test('is the template but for NULL, two quotes and placeholders, whatever the values are', () => {
    let bound = 0;
    fc.assert(fc.property(fc.array(PIECES, { maxLength: 30 }), VALUES, (pieces, values) => {
      const template = pieces.join('');
      let statement;
      try {
        statement = bindValues(template, values);
      } catch {
        return;
      }
      bound += 1;
      // Read again, each placeholder of the template stands for its items, and every other token is as it was.
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
