import { AbstractLabelOperator, AbstractQuery, DataSourceApi } from '@grafana/data';
import { setDataSourceSrv } from '@grafana/runtime';
import { DataQuery } from '@grafana/schema';

import { ModelMetricsQuery } from '../shared/types';
import { fakeDataSource, SETTINGS } from '../testing/datasource';
import { FakeDataSourceSrv } from '../testing/dataSourceSrv';
import { importedQueries } from './exchange';

const { Equal, EqualRegEx, NotEqual } = AbstractLabelOperator;

/** Imports queries of a data source with the given type. */
function imported(queries: DataQuery[], origin: { type: string } & object, meta: object = {}) {
  return importedQueries(queries, { ...origin, meta } as unknown as DataSourceApi, SETTINGS.type);
}

it('imports PromQL with its options, and omits incomplete queries', async () => {
  const query = { refId: 'B', expr: 'up', legendFormat: '{{job}}', format: 'table', interval: '1m', exemplar: true };
  const queries: DataQuery[] = [{ ...query, datasource: { uid: 'p' } } as DataQuery, { refId: 'C' }];
  expect(await imported(queries, { type: 'prometheus' })).toEqual([
    { ...query, queryType: 'promql', range: true, instant: false },
  ]);
});

it('imports PromQL with range: false and without instant as an instant query', async () => {
  const queries: DataQuery[] = [{ refId: 'A', expr: 'up', range: false } as DataQuery];
  expect(await imported(queries, { type: 'prometheus' })).toMatchObject([{ range: false, instant: true }]);
});

it('imports the labels of other query languages, and nothing from other data sources', async () => {
  const labels: AbstractQuery = {
    refId: 'A',
    labelMatchers: [
      { name: 'job', operator: Equal, value: 'a\\"b' },
      { name: 'env', operator: NotEqual, value: 'dev' },
    ],
  };
  const loki = { type: 'loki', exportToAbstractQueries: async () => [labels] };
  expect(await imported([], loki)).toEqual([
    { refId: 'A', queryType: 'promql', expr: '{job="a\\"b", env!="dev"}', range: true, instant: false },
  ]);
  expect(await imported([{ refId: 'A' }], { type: 'mysql' })).toEqual([]);
});

it.each(['prometheus', 'mysql'])('keeps Grafana’s expressions on queries of %s', async (type) => {
  const expression = {
    refId: 'C',
    type: 'math',
    expression: '$A * 2',
    datasource: { type: '__expr__', uid: '__expr__' },
  };
  expect(await imported([expression], { type })).toEqual([expression]);
});

it('imports the queries of a panel with mixed data sources', async () => {
  setDataSourceSrv(
    new FakeDataSourceSrv([
      SETTINGS,
      { ...SETTINGS, uid: 'p', type: 'prometheus' },
      { ...SETTINGS, uid: 'm', type: 'mysql' },
    ])
  );
  const ours = { refId: 'A', queryType: 'catalog', metric: 'error_ratio', datasource: { uid: SETTINGS.uid } };
  const theirs = { refId: 'B', expr: 'up', datasource: { uid: 'p' } };
  const others = { refId: 'C', expr: 'select 1', datasource: { uid: 'm' } };
  expect(await imported([ours, theirs, others], { type: 'mixed' }, { mixed: true })).toEqual([
    ours,
    { refId: 'B', queryType: 'promql', expr: 'up', range: true, instant: false },
  ]);
});

it.each<[string, string]>([
  ['up', 'up'],
  ['sum by (job) (rate(x_total{a="b"}[5m]))', 'x_total{a="b"}'],
  ['sum(rate(x_total[$__rate_interval])) by (job) / y', 'x_total'],
  ['histogram_quantile(0.9, sum by (le) (rate({__name__="x", a=~"b}"}[5m])))', '{__name__="x", a=~"b}"}'],
  ['# a "comment"\nlabel_replace(up {a="b"}, "x", "$1", "y", ".*")', 'up{a="b"}'],
  ['1 + on (job) group_left (x) up', 'up'],
  ['rate({"my.metric", a="b"}[5m])', 'my.metric{a="b"}'],
  ['vector(1)', ''],
  ['sum(xrate(x_total{a="b"}[5m]))', 'x_total{a="b"}'],
  ['sum by ($label) (rate($metric{a="$a", job=~"b"}[$window]))', '$metric{a="$a", job=~"b"}'],
  ['x_total{$filters}', ''],
  ['topk(5, $fn(x_$unit{a="b"}[$window])) + topk($n, 1e5)', 'x_$unit{a="b"}'],
  ['y[5m] offset 1h30m', 'y'],
  ['5m + 0x1f', ''],
])('exports %s as %s', async (expr, want) => {
  const { datasource } = fakeDataSource();
  const [{ labelMatchers }] = await datasource.exportToAbstractQueries([{ refId: 'A', expr }]);
  const operators = { [Equal]: '=', [NotEqual]: '!=', [EqualRegEx]: '=~', [AbstractLabelOperator.NotEqualRegEx]: '!~' };
  const name = want.startsWith('{') ? '' : labelMatchers.find(({ name }) => name === '__name__')?.value;
  const rest = labelMatchers.filter(({ name: label }) => !name || label !== '__name__');
  const matchers = rest.map(({ name: label, operator, value }) => `${label}${operators[operator]}"${value}"`);
  expect(`${name ?? ''}${matchers.length ? `{${matchers.join(', ')}}` : ''}`).toBe(want);
});

it('exports a catalog query as its Prometheus metric with the parameters', async () => {
  const { datasource } = fakeDataSource([], {
    'catalog/error_ratio/explain': { query: 'sum(rate(errors_total{model="x"}[5m])) / sum(rate(requests_total[5m]))' },
  });
  const query: ModelMetricsQuery = {
    refId: 'A',
    queryType: 'catalog',
    metric: 'error_ratio',
    params: { model: ['churn'], tenant: ['$tenant'] },
  };
  expect(await datasource.exportToAbstractQueries([query])).toEqual([
    {
      refId: 'A',
      labelMatchers: [
        { name: '__name__', operator: Equal, value: 'errors_total' },
        { name: 'model', operator: Equal, value: 'churn' },
        { name: 'tenant', operator: EqualRegEx, value: '$tenant' },
      ],
    },
  ]);
});

it('exports no labels for the audit log, which can contain the expression of a previous query', async () => {
  const { datasource } = fakeDataSource();
  const query = { refId: 'A', queryType: 'audit', expr: 'up' } as ModelMetricsQuery;
  expect(await datasource.exportToAbstractQueries([query])).toEqual([{ refId: 'A', labelMatchers: [] }]);
});
