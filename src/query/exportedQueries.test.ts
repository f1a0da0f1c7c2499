import { AbstractQuery } from '@grafana/data';

import { ModelMetricsQuery } from '../shared/types';
import { CATALOG_PAGE, fakeDataSource, PREVIEW, Resources } from '../testing/datasource';

const RESOURCES: Resources = {
  catalog: CATALOG_PAGE,
  'catalog/preview': PREVIEW,
  'catalog/inference_error_ratio/explain': { query: 'sum(rate(errors_total[5m]))' },
  'catalog/inference_request_rate/explain': { query: 'sum(rate(requests_total[5m]))' },
};

/** Imports the queries like Grafana's Prometheus data source, which knows only `refId`, `expr` and `range`. */
async function importedByPrometheus(queries: ModelMetricsQuery[], resources = RESOURCES) {
  const { datasource } = fakeDataSource([], resources);
  const exported = await datasource.exportToAbstractQueries(queries);
  return exported.map(({ refId, labelMatchers }) => ({ refId, expr: `{${labelMatchers.length}}`, range: true }));
}

it('keeps PromQL with its options', async () => {
  const options = {
    legendFormat: '{{job}}',
    format: 'table',
    interval: '1m',
    intervalFactor: 2,
    exemplar: true,
  } as const;
  const query: ModelMetricsQuery = { refId: 'B', hide: true, expr: 'sum by (job) (up) / 2', instant: true, ...options };
  expect(await importedByPrometheus([query])).toEqual([{ ...query, range: false, editorMode: 'code' }]);
});

it('renders a catalog query, with its parameters and the legend of the metric', async () => {
  const { datasource, postResource } = fakeDataSource([], RESOURCES);
  const query: ModelMetricsQuery = {
    refId: 'A',
    queryType: 'catalog',
    metric: 'inference_error_ratio',
    params: { model: ['$model'] },
    format: 'time_series_wide',
    units: true,
  };
  const [imported] = (await datasource.exportToAbstractQueries([query])).map(({ refId }) => ({
    refId,
    expr: '',
    range: true,
  }));
  expect(imported).toEqual({
    refId: 'A',
    expr: PREVIEW.query,
    range: true,
    instant: false,
    legendFormat: '{{model}} {{version}}',
    format: 'time_series',
    editorMode: 'code',
  });
  expect(postResource).toHaveBeenCalledWith(
    'catalog/preview',
    expect.objectContaining({ metric: 'inference_error_ratio', params: { model: ['$model'] } }),
    { showErrorAlert: false }
  );
});

it.each([
  ['its own legend', { legendFormat: 'errors' }, 'errors'],
  ['the automatic legend with another grouping', { groupBy: ['tenant'] }, '__auto'],
])('keeps %s', async (_, fields, legendFormat) => {
  const query: ModelMetricsQuery = { refId: 'A', queryType: 'catalog', metric: 'inference_error_ratio', ...fields };
  expect(await importedByPrometheus([query])).toMatchObject([{ expr: PREVIEW.query, legendFormat }]);
});

it('keeps Grafana’s expressions', async () => {
  const expression = {
    refId: 'C',
    type: 'math',
    expression: '$A * 2',
    datasource: { type: '__expr__', uid: '__expr__' },
  };
  expect(await importedByPrometheus([expression as unknown as ModelMetricsQuery])).toEqual([expression]);
});

it.each<[string, ModelMetricsQuery, Resources]>([
  ['a report', { refId: 'A', queryType: 'report', endpointIds: ['e'], section: 'costs' }, RESOURCES],
  ['an empty query', { refId: 'A', queryType: 'catalog', metric: '' }, RESOURCES],
  [
    'a catalog query without a required parameter',
    { refId: 'A', queryType: 'catalog', metric: 'inference_error_ratio' },
    { ...RESOURCES, 'catalog/preview': { ...PREVIEW, missing_params: ['model'] } },
  ],
  ['a metric that no longer exists', { refId: 'A', queryType: 'catalog', metric: 'gone' }, { catalog: CATALOG_PAGE }],
])('does not replace the labels of %s', async (_, query, resources) => {
  expect(await importedByPrometheus([query], resources)).toEqual([
    { refId: 'A', expr: expect.stringMatching(/^{\d}$/), range: true },
  ]);
});

it('lets other data sources import the labels', async () => {
  const { datasource } = fakeDataSource([], RESOURCES);
  const exported = await datasource.exportToAbstractQueries([{ refId: 'A', expr: 'up{job="a"}' }]);
  const labels: AbstractQuery[] = exported.map((query) => query);
  expect(labels).toEqual([{ refId: 'A', labelMatchers: [expect.anything(), expect.anything()] }]);
  const loki = exported.map(({ refId }) => ({ refId, expr: '{job="a"}', queryType: 'range' }));
  expect(loki).toEqual([{ refId: 'A', expr: '{job="a"}', queryType: 'range' }]);
  expect(exported.filter(() => true).map(() => 1)).toEqual([1]);
});
