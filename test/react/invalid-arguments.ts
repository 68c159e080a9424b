/** Invalid arguments of the hook with the expected error message, by their description. */
export function invalidArguments(client: unknown): Readonly<Record<string, readonly [args: readonly unknown[], error: string]>> {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const cyclicList: unknown[] = [];
  cyclicList.push(cyclicList);
  const throwing = Object.defineProperty({}, 'month', { enumerable: true, get: () => { throw new Error('no month'); } });
  const of = (month: unknown): readonly unknown[] => [client, 'by_day', { month }];
  return {
    'a bigint': [of(5n), '"month" must be a string, a finite number, a Boolean, null or a list of these, but it is a bigint'],
    'NaN': [of(NaN), 'it is NaN'],
    'Infinity': [of(-Infinity), 'it is -Infinity'],
    'a function': [of(() => 5), 'it is a function'],
    'a symbol': [of(Symbol('month')), 'it is a symbol'],
    'a Date': [of(new Date(0)), 'it is an object of type Date'],
    'an invalid Date': [of(new Date(NaN)), 'it is an object of type Date'],
    'an object': [of({ year: 2015 }), 'it is an object of type Object'],
    'a cyclic object': [of(cyclic), 'it is an object of type Object'],
    'an object with toJSON': [of({ toJSON: () => null }), 'it is an object of type Object'],
    'a boxed string': [of(new String('2015-01')), 'it is an object of type String'],
    'undefined in a list': [of(['a', undefined]), 'an element is undefined'],
    'a hole in a list': [of([, 'a']), 'an element is undefined'],
    'NaN in a list': [of(['a', NaN]), 'an element is NaN'],
    'a bigint in a list': [of([5n]), 'an element is a bigint'],
    'a list in a list': [of([['a']]), 'an element is an object of type Array'],
    'a cyclic list': [of(cyclicList), 'an element is an object of type Array'],
    'a value that cannot be read': [[client, 'by_day', throwing], 'no month'],
    'null for the parameters': [[client, 'by_day', null], 'The parameters must be an object with a value for each name, but are null'],
    'a string for the parameters': [[client, 'by_day', '2015-01'], 'but are a string'],
    'a list for the parameters': [[client, 'by_day', ['2015-01']], 'but are an object of type Array'],
    'a Map for the parameters': [[client, 'by_day', new Map([['month', '2015-01']])], 'but are an object of type Map'],
    'a promise for the parameters': [[client, 'by_day', Promise.resolve({ month: '2015-01' })], 'but are an object of type Promise'],
    'undefined for the name': [[client, undefined, { month: '2015-01' }], 'The name of the query must be a string, but its type is undefined'],
    'an object for the name': [[client, { month: '2015-01' }, {}], 'The name of the query must be a string, but its type is object'],
    'undefined for the client': [[undefined, 'by_day', {}], 'The client must be the return value of connect()'],
    'another object for the client': [[{}, 'by_day', {}], 'The client must be the return value of connect()'],
    'a fraction for maxAge': [[client, 'by_day', {}, { maxAge: 1.5 }], 'The option "maxAge" must be an integer'],
    'Infinity for maxAge': [[client, 'by_day', {}, { maxAge: Infinity }], 'The option "maxAge" must be an integer'],
    'a bigint for maxAge': [[client, 'by_day', {}, { maxAge: 5n }], 'The option "maxAge" must be'],
    'an unknown format of rows': [[client, 'by_day', {}, { rows: 'map' }], 'The option "rows" must be \'object\' or \'array\''],
  };
}
