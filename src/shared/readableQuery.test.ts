import { fakeDataSource } from '../testing/datasource';
import { editableQuery, readableQuery } from './readableQuery';
import { ModelMetricsQuery } from './types';

const stored = (fields: object) => ({ refId: 'A', ...fields }) as ModelMetricsQuery;

it.each<[string, object, object]>([
  ['texts as numbers', { expr: 1, interval: 30, legendFormat: 99 }, { expr: '1', interval: '30', legendFormat: '99' }],
  [
    'switches as texts',
    { range: 'true', instant: '', exemplar: 'on' },
    { range: true, instant: false, exemplar: true },
  ],
  ['numbers as texts', { intervalFactor: '2' }, { intervalFactor: 2 }],
  ['a list as a text', { groupBy: 'a, b', tags: 'c' }, { groupBy: ['a', 'b'], tags: ['c'] }],
  [
    'another spelling of a format',
    { format: 'timeseries', instantFormat: 'Table' },
    { format: 'time_series', instantFormat: 'table' },
  ],
  [
    'numbers in parameters',
    { params: { a: 1, b: [2, 'c'], d: { op: '!=', values: [3] } } },
    { params: { a: '1', b: ['2', 'c'], d: { op: '!=', values: ['3'] } } },
  ],
  [
    'a number in a filter',
    { adhocFilters: [{ key: 'a', operator: '=', value: 5 }] },
    { adhocFilters: [{ key: 'a', operator: '=', value: '5' }] },
  ],
  [
    'a list as a text in a filter',
    { adhocFilters: [{ key: 'a', operator: '=|', value: 'a', values: 'a, b' }] },
    { adhocFilters: [{ key: 'a', operator: '=|', value: 'a', values: ['a', 'b'] }] },
  ],
  [
    'null',
    { expr: 'up', interval: null, groupBy: null, params: null },
    { expr: 'up', interval: null, groupBy: null, params: null },
  ],
])('reads %s as the backend does', (_, fields, want) => {
  expect(readableQuery(stored(fields))).toEqual(stored(want));
});

it('returns a query with the expected types as the same object', () => {
  const query = stored({
    expr: 'up',
    groupBy: ['a'],
    params: { a: ['b'], c: { op: '=~', values: ['d'] } },
    range: true,
  });
  expect(readableQuery(query)).toBe(query);
  expect(editableQuery(query)).toBe(query);
});

describe.each<[string, object]>([
  ['a groupBy of objects', { queryType: 'catalog', metric: 'm', groupBy: [{ type: 'time' }] }],
  ['params that are a text', { queryType: 'catalog', metric: 'm', params: 'a' }],
  ['a param that is a switch', { queryType: 'catalog', metric: 'm', params: { a: true, b: ['$one'] } }],
  ['a param without values', { queryType: 'catalog', metric: 'm', params: { a: { op: '=' } } }],
  ['a metric that is an object', { queryType: 'catalog', metric: { name: 'm' } }],
  ['an expression in a list', { queryType: 'promql', expr: ['up'], interval: {}, legendFormat: [] }],
  ['filters that are an object', { expr: 'up', adhocFilters: { key: 'a' } }],
  [
    'values of a filter that are objects',
    { expr: 'up', adhocFilters: [{ key: 'a', operator: '=|', value: 'a', values: [{}] }] },
  ],
  ['filters without keys', { expr: 'up', adhocFilters: [null, 5] }],
  ['tags that are objects', { queryType: 'annotation', expr: 'up', tags: [{}], title: {} }],
  ['a label that is a list', { queryType: 'labelValues', label: ['job'], match: 5 }],
])('%s', (_, fields) => {
  const { datasource } = fakeDataSource([{ name: 'one', value: 'a' }]);
  const query = stored(fields);

  it('is sent to the backend, which reports the error', () => {
    expect(datasource.filterQuery(query)).toBe(true);
    const sent = datasource.applyTemplateVariables(query, {}, [{ key: 'k', operator: '=', value: 'v' }]);
    const invalid = Object.entries(fields).filter(([, value]) => typeof value === 'object' && !('b' in value));
    expect(sent).toMatchObject(Object.fromEntries(invalid));
  });

  it('can be opened in the editors', () => {
    expect(typeof datasource.getQueryDisplayText(query)).toBe('string');
    expect(editableQuery(query)).toMatchObject({ refId: 'A' });
  });
});
