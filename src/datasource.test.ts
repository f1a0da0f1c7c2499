import { CoreApp, DataQueryRequest, DataQueryResponse, dateTime } from '@grafana/data';
import { DataSourceWithBackend } from '@grafana/runtime';
import { of } from 'rxjs';

import { CATALOG, fakeDataSource } from './testing/datasource';
import { AdHocFilter, CatalogQuery, ModelMetricsQuery, Params, PromQLQuery, VariableQuery } from './shared/types';
import { CatalogVariableSupport } from './variable/variableSupport';

const catalogQuery: CatalogQuery = { refId: 'A', queryType: 'catalog', metric: 'inference_error_ratio' };
const promql: PromQLQuery = { refId: 'A', queryType: 'promql', expr: 'up' };

function request<Query extends ModelMetricsQuery>(targets: Query[], timezone: string): DataQueryRequest<Query> {
  const range = { from: dateTime('2025-07-01T00:00:00Z'), to: dateTime('2025-07-01T06:00:00Z') };
  return {
    requestId: '1',
    app: CoreApp.Dashboard,
    interval: '1m',
    intervalMs: 60_000,
    startTime: 0,
    scopedVars: {},
    range: { ...range, raw: range },
    timezone,
    targets,
  };
}

describe('what is sent', () => {
  it.each<[string, ModelMetricsQuery, boolean]>([
    ['a catalog query', catalogQuery, true],
    ['a catalog query that names no type', { ...catalogQuery, queryType: undefined } as unknown as CatalogQuery, true],
    ['a catalog query without a metric', { ...catalogQuery, metric: '' }, false],
    ['PromQL', promql, true],
    ['PromQL without an expression', { ...promql, expr: ' ' }, false],
    ['PromQL of the Prometheus data source, which names no type', { refId: 'A', expr: 'up' }, true],
    ['a new query', { refId: 'A' } as ModelMetricsQuery, false],
    ['a hidden query', { ...promql, hide: true }, false],
    ['a variable', { refId: 'v', queryType: 'labelValues', label: 'job', query: '' }, true],
    ['a variable without a label', { refId: 'v', queryType: 'labelValues', label: '', query: '' }, false],
    [
      'a parameter of no metric',
      { refId: 'v', queryType: 'paramValues', metric: '', param: 'model', query: '' },
      false,
    ],
  ])('%s', (_, query, sent) => {
    expect(fakeDataSource().datasource.filterQuery(query)).toBe(sent);
  });

  it.each<object>([
    {},
    { expr: null },
    { queryType: 'promql' },
    { queryType: 'constructor' },
    { queryType: 'annotation', expr: null },
    { queryType: 'series' },
    { queryType: 'queryResult' },
  ])('nothing of a query that stops at %j, and it can go on to Explore', (unfinished) => {
    const { datasource } = fakeDataSource();
    const query = { refId: 'A', ...unfinished } as ModelMetricsQuery;
    expect(datasource.filterQuery(query)).toBe(false);
    expect(datasource.interpolateVariablesInQueries([query], {})).toEqual([expect.objectContaining({ refId: 'A' })]);
  });

  it('a query in which null stands for nothing, as programs write it', () => {
    const { datasource } = fakeDataSource();
    const nothing = { params: null, groupBy: null, adhocFilters: null } as unknown as Partial<CatalogQuery>;
    expect(datasource.applyTemplateVariables({ ...catalogQuery, ...nothing }, {})).toMatchObject(catalogQuery);
    const params = { model: null } as unknown as Params;
    expect(datasource.applyTemplateVariables({ ...catalogQuery, params }, {})).toMatchObject({ params: { model: [] } });
    expect(datasource.getQueryDisplayText({ ...catalogQuery, ...nothing })).toBe('inference_error_ratio');
    expect(datasource.getQueryDisplayText({ ...catalogQuery, params })).toBe('inference_error_ratio');
  });

  it.each([
    ['Europe/Berlin', 'Europe/Berlin', 7200],
    ['utc', 'UTC', 0],
    ['browser', 'UTC', 0],
    ['', 'UTC', 0],
  ])('the time zone %p by its name and offset', (timezone, name, offset) => {
    const send = jest
      .spyOn(DataSourceWithBackend.prototype, 'query')
      .mockReturnValue(of<DataQueryResponse>({ data: [] }));
    fakeDataSource().datasource.query(request([promql], timezone));
    expect(send.mock.lastCall?.[0].targets).toEqual([{ ...promql, timezone: name, utcOffsetSec: offset }]);
    send.mockRestore();
  });

  it('a variable’s query always with a refId', () => {
    const { datasource } = fakeDataSource();
    const send = jest.spyOn(datasource, 'query').mockReturnValue(of({ data: [] }));
    const query: VariableQuery = { refId: '', queryType: 'metricNames', query: 'metric_names()' };
    new CatalogVariableSupport(datasource).query(request([query], 'utc'));
    expect(send.mock.lastCall?.[0].targets).toEqual([{ ...query, refId: 'variable' }]);
  });
});

describe('dashboard variables', () => {
  const { datasource } = fakeDataSource([
    { name: 'tenant', value: ['acme', 'globex'], multi: true },
    { name: 'model', value: '$__all', includeAll: true, allValue: '.*' },
    { name: 'window', value: '10m' },
    { name: 'by', value: ['model', 'version'], multi: true },
  ]);

  it('are filled into a catalog query', () => {
    const query: CatalogQuery = {
      ...catalogQuery,
      params: { tenant: ['$tenant'], model: '$model' },
      groupBy: ['$by'],
      window: '$window',
      legendFormat: '{{model}} over $window',
    };
    expect(datasource.applyTemplateVariables(query, {})).toEqual({
      ...query,
      params: { tenant: ['acme', 'globex'], model: [] },
      groupBy: ['model', 'version'],
      window: '10m',
      legendFormat: '{{model}} over 10m',
    });
  });

  it('are filled into a catalog query that names no type', () => {
    const query = { refId: 'A', metric: 'inference_error_ratio', params: { tenant: ['$tenant'] } };
    expect(datasource.applyTemplateVariables(query as unknown as CatalogQuery, {})).toMatchObject({
      params: { tenant: ['acme', 'globex'] },
    });
  });

  it('are filled into PromQL, and macros are not', () => {
    const query = { ...promql, expr: 'rate(x{tenant=~"$tenant"}[$__rate_interval])', interval: '$window' };
    expect(datasource.interpolateVariablesInQueries([query], { __rate_interval: { text: '1m', value: '1m' } })).toEqual(
      [{ ...query, expr: 'rate(x{tenant=~"(acme|globex)"}[$__rate_interval])', interval: '10m' }]
    );
  });

  it('are filled into another variable’s query', () => {
    const query: VariableQuery = {
      refId: 'project',
      queryType: 'labelValues',
      label: 'project',
      metric: 'up',
      params: { tenant: ['$tenant'] },
      query: 'label_values(up{tenant=~"$tenant"}, project)',
    };
    expect(datasource.applyTemplateVariables(query, {})).toEqual({ ...query, params: { tenant: ['acme', 'globex'] } });
  });

  it('are offered in the editors, unless they hold a data source', () => {
    const { datasource } = fakeDataSource([
      { name: 'datasource', type: 'datasource', value: 'modelmetrics' },
      { name: 'tenant', value: 'acme' },
    ]);
    expect(datasource.getVariableNames()).toEqual(['$tenant']);
  });

  it('narrow the values that a parameter is offered', async () => {
    const path = 'catalog/inference_error_ratio/values/model';
    const { datasource, postResource } = fakeDataSource([{ name: 'tenant', value: ['acme', 'globex'], multi: true }], {
      [path]: { values: ['churn'], truncated: false },
    });
    const chosen = { tenant: ['$tenant'], model: ['fraud'], version: { op: '!=' as const, values: ['1'] } };
    expect(await datasource.getParamValues('inference_error_ratio', 'model', chosen)).toEqual({
      values: ['churn'],
      truncated: false,
    });
    const params = { tenant: ['acme', 'globex'], version: { op: '!=', values: ['1'] } };
    expect(postResource).toHaveBeenCalledWith(path, { params, search: '' }, { showErrorAlert: false });
  });
});

describe('ad-hoc filters', () => {
  const variables = [{ name: 'env', value: 'prod' }];
  const job = { key: 'job', operator: '=|', value: 'api', values: ['api', '$env'] };
  const env = { key: 'env', operator: '!=', value: '$env', condition: '' };
  const filled = [
    { key: 'job', operator: '=|', value: 'api', values: ['api', 'prod'] },
    { key: 'env', operator: '!=', value: 'prod' },
  ];

  it.each<[string, ModelMetricsQuery]>([
    ['PromQL', promql],
    ['PromQL of the Prometheus data source', { refId: 'A', expr: 'up' }],
    ['a catalog query', catalogQuery],
  ])('go out with %s', (_, query) => {
    const { datasource } = fakeDataSource(variables);
    expect(datasource.applyTemplateVariables(query, {}, [job, env])).toMatchObject({ adhocFilters: filled });
  });

  describe('with a variable of several values', () => {
    const { datasource, getResource } = fakeDataSource([
      { name: 'one', value: ['a.b'], multi: true },
      { name: 'many', value: ['a.b', 'c|d'], multi: true },
      { name: 'none', value: [], multi: true },
      { name: 'pattern', value: 'a.*' },
      { name: 'all', value: '$__all', multi: true, includeAll: true, options: ['a.b', 'c'] },
      { name: 'star', value: '$__all', includeAll: true, allValue: '.*', options: ['a.b', 'c'] },
      { name: 'europe', value: '$__all', includeAll: true, allValue: 'eu-.*', options: ['eu-1', 'us-1'] },
    ]);
    const filter = (operator: string, value: string, values?: string[]) => ({
      key: 'job',
      operator,
      value,
      ...(values && { values }),
    });

    it.each<[string, AdHocFilter, AdHocFilter | undefined]>([
      ['=~ is an alternation', filter('=~', '$many'), filter('=~', 'a\\.b|c\\|d')],
      ['!~ likewise', filter('!~', '${many}'), filter('!~', 'a\\.b|c\\|d')],
      ['one of several is no pattern', filter('=~', '$one'), filter('=~', 'a\\.b')],
      ['a variable of one value is a pattern', filter('=~', '$pattern'), filter('=~', 'a.*')],
      ['inside a pattern', filter('=~', 'x-$many.*'), filter('=~', 'x-(a\\.b|c\\|d).*')],
      ['=| is any of them', filter('=|', '$many', ['$many', 'e']), filter('=|', 'a.b', ['a.b', 'c|d', 'e'])],
      ['!=| is none of them', filter('!=|', '$many'), filter('!=|', 'a.b', ['a.b', 'c|d'])],
      ['= is any of them', filter('=', '$many'), filter('=|', 'a.b', ['a.b', 'c|d'])],
      ['!= is none of them', filter('!=', '$many'), filter('!=|', 'a.b', ['a.b', 'c|d'])],
      ['= of one', filter('=', '$one'), filter('=', 'a.b')],
      ['inside a value', filter('=', 'x-$many'), filter('=|', 'x-a.b', ['x-a.b', 'x-c|d'])],
      ['All is no filter', filter('=', '$all'), undefined],
      ['whatever the operator', filter('!~', '$all'), undefined],
      ['also among values', filter('=|', 'a', ['a', '$star']), undefined],
      ['nor is no value', filter('=', '$none'), undefined],
      ['the author’s pattern for All', filter('=', '$europe'), filter('=~', '(eu-.*)')],
      ['and among values', filter('!=|', '', ['$europe', 'x.y']), filter('!~', '(eu-.*)|x\\.y')],
      ['.* without a variable stays', filter('=', '.*'), filter('=', '.*')],
      ['an empty value stays', filter('=|', '', ['', 'a']), filter('=|', '', ['', 'a'])],
      ['an operator that labels lack stays', filter('<', '$pattern'), filter('<', 'a.*')],
    ])('%s', (_, written, want) => {
      const filters = want && [want];
      expect(datasource.applyTemplateVariables(promql, {}, [written])).toMatchObject({
        ...promql,
        adhocFilters: filters,
      });
    });

    it('offer values under it', async () => {
      getResource.mockResolvedValue({ data: [] });
      await datasource.getTagValues({ key: 'env', filters: [filter('=', '$many')] });
      expect(getResource).toHaveBeenLastCalledWith('api/v1/label/env/values', {
        'match[]': '{job=~"a\\\\.b|c\\\\|d"}',
      });
    });
  });

  it('are no field of a query where there are none', () => {
    const { datasource } = fakeDataSource(variables);
    expect(JSON.stringify(datasource.applyTemplateVariables(promql, {}, []))).toBe(JSON.stringify(promql));
  });

  it('wait until they have a label and a value', () => {
    const unfinished = [
      { ...job, value: '', values: [] },
      { ...env, value: '' },
      { ...env, key: '' },
    ];
    const { datasource } = fakeDataSource(variables);
    expect(datasource.applyTemplateVariables(promql, {}, unfinished)).toHaveProperty('adhocFilters', undefined);
  });

  it.each<VariableQuery>([
    { refId: 'v', query: '', queryType: 'labelNames' },
    { refId: 'v', query: '', queryType: 'labelValues', label: 'job' },
    { refId: 'v', query: '', queryType: 'paramValues', metric: 'inference_error_ratio', param: 'model' },
    { refId: 'v', query: '', queryType: 'metricNames' },
    { refId: 'v', query: '', queryType: 'catalogMetrics' },
    { refId: 'v', query: '', queryType: 'queryResult', expr: 'up' },
  ])('leave the variable of type $queryType alone', (query) => {
    const { datasource } = fakeDataSource(variables);
    expect(datasource.applyTemplateVariables(query, {}, [env])).not.toHaveProperty('adhocFilters');
  });

  it('go on to Explore with the query, and on from there', () => {
    const { datasource } = fakeDataSource(variables);
    const [explored] = datasource.interpolateVariablesInQueries([promql], {}, [job, env]);
    expect(datasource.applyTemplateVariables(explored, {})).toMatchObject({ adhocFilters: filled });
    expect(datasource.applyTemplateVariables(explored, {}, [])).toMatchObject({ adhocFilters: filled });
  });

  const from = dateTime('2025-07-01T00:00:00Z');
  const to = dateTime('2025-07-01T06:00:00Z');
  const timeRange = { from, to, raw: { from, to } };

  it('offer labels under the other filters in the time range', async () => {
    const { datasource, getResource } = fakeDataSource(variables, {
      'api/v1/labels': { data: ['__name__', 'job', 'le'] },
    });
    expect(await datasource.getTagKeys({ filters: [env], timeRange })).toEqual([{ text: 'job' }]);
    expect(getResource).toHaveBeenCalledWith('api/v1/labels', {
      'match[]': '{__name__!="",env!="prod"}',
      start: 1751328000,
      end: 1751349600,
    });
  });

  it('offer all labels where nothing is chosen', async () => {
    const { datasource, getResource } = fakeDataSource(variables, { 'api/v1/labels': { data: ['job'] } });
    expect(await datasource.getTagKeys()).toEqual([{ text: 'job' }]);
    expect(getResource).toHaveBeenCalledWith('api/v1/labels', {});
  });

  it('offer values under the other filters, of labels with any name', async () => {
    const path = 'api/v1/label/U__http_2e_code_2f_class/values';
    const { datasource, getResource } = fakeDataSource(variables, { [path]: { data: ['2xx', '5xx'] } });
    expect(
      await datasource.getTagValues({ key: 'http.code/class', filters: [job, { ...env, key: 'my-label' }] })
    ).toEqual([{ text: '2xx' }, { text: '5xx' }]);
    expect(getResource).toHaveBeenCalledWith(path, { 'match[]': '{job=~"api|prod","my-label"!="prod"}' });
  });

  it('end with a hint where there are more, which filters nothing when it is chosen', async () => {
    const path = 'api/v1/label/pod/values';
    const data = Array.from({ length: 1000 }, (_, index) => `pod-${index}`);
    const resources = {
      [path]: { data, warnings: ['results truncated due to limit'] },
      'api/v1/labels': { data: ['le', 'pod'], warnings: ['results truncated due to limit', 'store is down'] },
    };
    const { datasource, getResource } = fakeDataSource(variables, resources);
    const values = await datasource.getTagValues({ key: 'pod', filters: [] });
    const { text } = values[1000];
    expect(text).toBe('Only the first 1,000 are listed. Another filter narrows them.');
    const keys = await datasource.getTagKeys();
    expect(keys.map((key) => key.text)).toEqual([
      'pod',
      'Only the first 2 are listed. Another filter narrows them.',
      'Some may be missing: the server could not read all of its storage.',
    ]);

    const chosen = { key: 'pod', operator: '=', value: text };
    expect(datasource.applyTemplateVariables(promql, {}, [chosen, env])).toMatchObject({ adhocFilters: [filled[1]] });
    expect(datasource.applyTemplateVariables(promql, {}, [chosen])).toEqual(
      datasource.applyTemplateVariables(promql, {})
    );
    await datasource.getTagValues({ key: 'job', filters: [chosen] }).catch(() => undefined);
    expect(getResource).toHaveBeenLastCalledWith('api/v1/label/job/values', {});
  });
});

describe('custom query parameters', () => {
  const { datasource } = fakeDataSource([
    { name: 'tenant', value: 'a&b=c d' },
    { name: 'several', value: ['x', 'y/z'], multi: true },
  ]);

  it.each([
    ['are sent as they are written', 'dedup=true&extra%5B%5D=1', 'dedup=true&extra%5B%5D=1'],
    ['hold encoded values of variables', 'tenant=$tenant', 'tenant=a%26b%3Dc%20d'],
    ['hold several values side by side', 'ids=${several}', 'ids=x%2Cy%2Fz'],
    ['can follow the step', 'max_source_resolution=$__interval', 'max_source_resolution=1m'],
  ])('%s', (_, customQueryParameters, want) => {
    const scopedVars = { __interval: { text: '1m', value: '1m' } };
    for (const query of [promql, catalogQuery]) {
      expect(datasource.applyTemplateVariables({ ...query, customQueryParameters }, scopedVars)).toMatchObject({
        customQueryParameters: want,
      });
    }
  });
});

describe('a new query', () => {
  const { datasource } = fakeDataSource();

  it('is a range query of the catalog in a panel', () => {
    expect(datasource.getDefaultQuery(CoreApp.PanelEditor)).toMatchObject({
      queryType: 'catalog',
      range: true,
      instant: false,
    });
  });

  it('is both in Explore, which draws a graph and fills a table', () => {
    expect(datasource.getDefaultQuery(CoreApp.Explore)).toMatchObject({ range: true, instant: true });
  });

  it('is an instant one in an alert rule', () => {
    expect(datasource.getDefaultQuery(CoreApp.UnifiedAlerting)).toMatchObject({ range: false, instant: true });
  });
});

describe('in Explore', () => {
  it.each<[string, CoreApp, PromQLQuery, string | undefined]>([
    ['the values at the end make a table', CoreApp.Explore, { ...promql, range: true, instant: true }, 'table'],
    ['range: false alone is an instant query', CoreApp.Explore, { ...promql, range: false }, 'table'],
    ['a range has none', CoreApp.Explore, { ...promql, range: true }, undefined],
    ['another format stays', CoreApp.Explore, { ...promql, instant: true, format: 'heatmap' }, undefined],
    ['but not on a dashboard', CoreApp.Dashboard, { ...promql, instant: true }, undefined],
  ])('%s', (_, app, query, instantFormat) => {
    const send = jest.spyOn(DataSourceWithBackend.prototype, 'query').mockReturnValue(of({ data: [] }));
    fakeDataSource().datasource.query({ ...request([query], 'utc'), app });
    const sent = send.mock.lastCall?.[0].targets[0];
    expect(sent && 'instantFormat' in sent ? sent.instantFormat : undefined).toBe(instantFormat);
    send.mockRestore();
  });

  const filter = (type: string, key: string, value: string) => ({ type, options: { key, value } });

  it('a value becomes a filter of the query, and its opposite takes its place', () => {
    const { datasource } = fakeDataSource();
    const only = datasource.modifyQuery(promql, filter('ADD_FILTER', 'job', 'a'));
    expect(only).toEqual({ ...promql, adhocFilters: [{ key: 'job', operator: '=', value: 'a' }] });
    expect(datasource.modifyQuery(only, filter('ADD_FILTER', 'job', 'a'))).toEqual(only);
    expect(datasource.modifyQuery(only, filter('ADD_FILTER_OUT', 'job', 'a'))).toEqual({
      ...promql,
      adhocFilters: [{ key: 'job', operator: '!=', value: 'a' }],
    });
    expect(datasource.modifyQuery(promql, filter('ADD_FILTER', 'job', ''))).toBe(promql);
    expect(datasource.modifyQuery(promql, filter('ADD_RATE', 'job', 'a'))).toBe(promql);
  });

  it('a value becomes a parameter where the metric has it', async () => {
    const { datasource } = fakeDataSource();
    await datasource.getCatalog();
    const params = (query: CatalogQuery, type: string, key: string, value: string) =>
      datasource.modifyQuery(query, filter(type, key, value));
    expect(params(catalogQuery, 'ADD_FILTER', 'model', 'a')).toEqual({ ...catalogQuery, params: { model: ['a'] } });
    const without = { ...catalogQuery, params: { model: { op: '!=' as const, values: ['a'] } } };
    expect(params(catalogQuery, 'ADD_FILTER_OUT', 'model', 'a')).toEqual(without);
    expect(params(without, 'ADD_FILTER_OUT', 'model', 'b')).toMatchObject({
      params: { model: { op: '!=', values: ['a', 'b'] } },
    });
    expect(params({ ...catalogQuery, params: { model: ['a', 'b'] } }, 'ADD_FILTER_OUT', 'model', 'b')).toMatchObject({
      params: { model: ['a', 'b'] },
      adhocFilters: [{ key: 'model', operator: '!=', value: 'b' }],
    });
    expect(params(catalogQuery, 'ADD_FILTER', 'version', '1')).toMatchObject({
      adhocFilters: [{ key: 'version', operator: '=', value: '1' }],
    });
  });
});

it.each<[ModelMetricsQuery, boolean]>([
  [{ ...promql, expr: 'rate(x{a="$tenant"}[$__rate_interval])' }, true],
  [{ ...catalogQuery, params: { tenant: ['${tenant}'] } }, true],
  [{ ...promql, expr: 'rate(x[$__rate_interval])' }, false],
])('%j can differ from dashboard to dashboard: %p', (query, want) => {
  const { datasource } = fakeDataSource([{ name: 'tenant', value: 'acme' }]);
  expect(datasource.targetContainsTemplate(query)).toBe(want);
});

it('the reason why a variable fails is thrown, for Grafana to show', () => {
  const { datasource } = fakeDataSource();
  jest.spyOn(datasource, 'query').mockReturnValue(of({ data: [], errors: [{ message: 'no such metric' }] }));
  const query: VariableQuery = { refId: 'v', queryType: 'catalogMetrics', query: '' };
  const seen = jest.fn();
  new CatalogVariableSupport(datasource).query(request([query], 'utc')).subscribe({ error: seen });
  expect(seen).toHaveBeenCalledWith(new Error('no such metric'));
});

const neitherOfTwo: Params = { model: { op: '!=', values: ['a', 'b'] } };

it.each<[ModelMetricsQuery, string]>([
  [promql, 'up'],
  [
    { ...catalogQuery, params: { tenant: ['$tenant'], model: 'churn' }, groupBy: ['version'] },
    'inference_error_ratio{tenant=~"$tenant", model="churn"} by (version)',
  ],
  [{ ...catalogQuery, params: neitherOfTwo }, 'inference_error_ratio{model!~"a|b"}'],
])('%j reads as %s', (query, text) => {
  expect(fakeDataSource().datasource.getQueryDisplayText(query)).toBe(text);
});

describe('the catalog', () => {
  it('is asked for once, and again after a failure', async () => {
    const { datasource, getResource } = fakeDataSource();
    getResource.mockRejectedValueOnce(new Error('not yet'));
    await expect(datasource.getCatalog()).rejects.toThrow('not yet');
    await expect(datasource.getCatalog()).resolves.toEqual(CATALOG);
    await datasource.getCatalog();
    expect(getResource).toHaveBeenCalledTimes(2);
  });

  const metrics = Array.from({ length: 2500 }, (_, index) => ({ ...CATALOG.metrics[0], name: `metric_${index}` }));

  it.each([
    ['page by page', 2500],
    ['as far as it goes, where it has shrunk meanwhile', 3000],
  ])('is loaded %s', async (_, total) => {
    const { datasource, getResource } = fakeDataSource();
    getResource.mockImplementation(async (_, { limit, offset } = {}) => ({
      packs: CATALOG.packs,
      metrics: metrics.slice(offset, offset + limit),
      total,
    }));
    expect(await datasource.getCatalog()).toEqual({ packs: CATALOG.packs, metrics });
    expect(getResource.mock.calls.slice(0, 3)).toEqual(
      [0, 1000, 2000].map((offset) => ['catalog', { limit: 1000, offset }, { showErrorAlert: false }])
    );
  });
});
