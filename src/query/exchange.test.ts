import { AbstractLabelOperator, AbstractQuery, DataSourceApi } from '@grafana/data';
import { setDataSourceSrv } from '@grafana/runtime';
import { DataQuery } from '@grafana/schema';

import { importedQueries } from './exchange';
import { fakeDataSource, SETTINGS } from '../testing/datasource';
import { FakeDataSourceSrv } from '../testing/dataSourceSrv';
import { ModelMetricsQuery } from '../shared/types';

const { Equal, EqualRegEx, NotEqual } = AbstractLabelOperator;

/** What queries come to that a data source of a type held. */
function imported(queries: DataQuery[], origin: { type: string } & object, meta: object = {}) {
  return importedQueries(queries, { ...origin, meta } as unknown as DataSourceApi, SETTINGS.type);
}

it('PromQL arrives whole, and unfinished queries do not', async () => {
  const query = { refId: 'B', expr: 'up', legendFormat: '{{job}}', format: 'table', interval: '1m', exemplar: true };
  const queries: DataQuery[] = [{ ...query, datasource: { uid: 'p' } } as DataQuery, { refId: 'C' }];
  expect(await imported(queries, { type: 'prometheus' })).toEqual([
    { ...query, queryType: 'promql', range: true, instant: false },
  ]);
});

it('PromQL that is stored with range: false alone arrives as an instant query', async () => {
  const queries: DataQuery[] = [{ refId: 'A', expr: 'up', range: false } as DataQuery];
  expect(await imported(queries, { type: 'prometheus' })).toMatchObject([{ range: false, instant: true }]);
});

it('of other languages the labels arrive, and of others nothing', async () => {
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

it.each(['prometheus', 'mysql'])('what Grafana computes of the answers of %s stays', async (type) => {
  const expression = {
    refId: 'C',
    type: 'math',
    expression: '$A * 2',
    datasource: { type: '__expr__', uid: '__expr__' },
  };
  expect(await imported([expression], { type })).toEqual([expression]);
});

it('of mixed data sources arrives what each of them would give', async () => {
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
  ['# of "what"\nlabel_replace(up {a="b"}, "x", "$1", "y", ".*")', 'up{a="b"}'],
  ['1 + on (job) group_left (x) up', 'up'],
  ['rate({"my.metric", a="b"}[5m])', 'my.metric{a="b"}'],
  ['vector(1)', ''],
])('%s goes out as %s', async (expr, want) => {
  const { datasource } = fakeDataSource();
  const [{ labelMatchers }] = await datasource.exportToAbstractQueries([{ refId: 'A', expr }]);
  const operators = { [Equal]: '=', [NotEqual]: '!=', [EqualRegEx]: '=~', [AbstractLabelOperator.NotEqualRegEx]: '!~' };
  const name = want.startsWith('{') ? '' : labelMatchers.find(({ name }) => name === '__name__')?.value;
  const rest = labelMatchers.filter(({ name: label }) => !name || label !== '__name__');
  const matchers = rest.map(({ name: label, operator, value }) => `${label}${operators[operator]}"${value}"`);
  expect(`${name ?? ''}${matchers.length ? `{${matchers.join(', ')}}` : ''}`).toBe(want);
});

it('a catalog query goes out as its metric in Prometheus under its parameters', async () => {
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
