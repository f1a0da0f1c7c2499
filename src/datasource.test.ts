import { CoreApp, DataQueryRequest, DataQueryResponse, dateTime } from '@grafana/data';
import { config, DataSourceWithBackend } from '@grafana/runtime';
import { lastValueFrom, of } from 'rxjs';

import { CatalogQuery, ModelMetricsQuery, Params, PromQLQuery, VariableQuery } from './shared/types';
import { CATALOG, fakeDataSource } from './testing/datasource';
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

describe('a query to the backend', () => {
  it.each<[string, ModelMetricsQuery, boolean]>([
    ['a catalog query', catalogQuery, true],
    ['a catalog query without a type', { ...catalogQuery, queryType: undefined } as unknown as CatalogQuery, true],
    ['a catalog query without a metric', { ...catalogQuery, metric: '' }, false],
    ['PromQL', promql, true],
    ['PromQL without an expression', { ...promql, expr: ' ' }, false],
    ['PromQL of the Prometheus data source, without a type', { refId: 'A', expr: 'up' }, true],
    ['a new query', { refId: 'A' } as ModelMetricsQuery, false],
    ['a hidden query', { ...promql, hide: true }, false],
    ['a query for the audit log', { refId: 'A', queryType: 'audit' }, true],
    ['a variable', { refId: 'v', queryType: 'labelValues', label: 'job', query: '' }, true],
    ['a variable without a label', { refId: 'v', queryType: 'labelValues', label: '', query: '' }, false],
    [
      'a variable without a metric',
      { refId: 'v', queryType: 'paramValues', metric: '', param: 'model', query: '' },
      false,
    ],
  ])('is sent: %s', (_, query, sent) => {
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
  ])('is not sent if it has only the fields %j, and can be opened in Explore', (incomplete) => {
    const { datasource } = fakeDataSource();
    const query = { refId: 'A', ...incomplete } as ModelMetricsQuery;
    expect(datasource.filterQuery(query)).toBe(false);
    expect(datasource.interpolateVariablesInQueries([query], {})).toEqual([expect.objectContaining({ refId: 'A' })]);
  });

  it('can contain null for missing fields, as other programs store it', () => {
    const { datasource } = fakeDataSource();
    const fields = { params: null, groupBy: null, adhocFilters: null } as unknown as Partial<CatalogQuery>;
    expect(datasource.applyTemplateVariables({ ...catalogQuery, ...fields }, {})).toMatchObject(catalogQuery);
    const params = { model: null } as unknown as Params;
    expect(datasource.applyTemplateVariables({ ...catalogQuery, params }, {})).toMatchObject({ params: { model: [] } });
    expect(datasource.getQueryDisplayText({ ...catalogQuery, ...fields })).toBe('inference_error_ratio');
    expect(datasource.getQueryDisplayText({ ...catalogQuery, params })).toBe('inference_error_ratio');
  });

  it.each([
    ['Europe/Berlin', 'Europe/Berlin', 7200],
    ['utc', 'UTC', 0],
    ['browser', 'UTC', 0],
    ['', 'UTC', 0],
  ])('contains the time zone %p with its name and offset', (timezone, name, offset) => {
    const send = jest
      .spyOn(DataSourceWithBackend.prototype, 'query')
      .mockReturnValue(of<DataQueryResponse>({ data: [] }));
    fakeDataSource().datasource.query(request([promql], timezone));
    expect(send.mock.lastCall?.[0].targets).toEqual([{ ...promql, timezone: name, utcOffsetSec: offset }]);
    send.mockRestore();
  });

  it('that is refused has a readable error', async () => {
    const error = { refId: 'A', message: 'range_too_long (rule "acme"): the range is 90d.' };
    const send = jest
      .spyOn(DataSourceWithBackend.prototype, 'query')
      .mockReturnValue(of({ data: [], errors: [error] }));
    const { errors } = await lastValueFrom(fakeDataSource().datasource.query(request([promql], 'utc')));
    expect(errors?.[0].message).toBe('The range is 90d. This follows from the access rule "acme" (range_too_long).');
    send.mockRestore();
  });

  it('of a variable always has a refId', () => {
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

  it('are replaced in a query for the audit log', () => {
    const query: ModelMetricsQuery = {
      refId: 'A',
      queryType: 'audit',
      actor: 'alert:$window',
      reason: '$by',
      limit: 5,
    };
    const filter = { key: 'job', operator: '=', value: 'api' };
    expect(datasource.applyTemplateVariables(query, { by: { text: '', value: 'range_too_long' } }, [filter])).toEqual({
      ...query,
      actor: 'alert:10m',
      reason: 'range_too_long',
    });
    expect(datasource.getQueryDisplayText(query)).toBe('audit(actor="alert:$window", reason="$by")');
  });

  it('are replaced in a catalog query', () => {
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

  it('are replaced in a catalog query without a type', () => {
    const query = { refId: 'A', metric: 'inference_error_ratio', params: { tenant: ['$tenant'] } };
    expect(datasource.applyTemplateVariables(query as unknown as CatalogQuery, {})).toMatchObject({
      params: { tenant: ['acme', 'globex'] },
    });
  });

  it('are replaced in PromQL, and macros are not', () => {
    const query = { ...promql, expr: 'rate(x{tenant=~"$tenant"}[$__rate_interval])', interval: '$window' };
    expect(datasource.interpolateVariablesInQueries([query], { __rate_interval: { text: '1m', value: '1m' } })).toEqual(
      [{ ...query, expr: 'rate(x{tenant=~"(acme|globex)"}[$__rate_interval])', interval: '10m' }]
    );
  });

  it('are replaced in another variable’s query', () => {
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

  it('are listed in the editors, except variables for data sources', () => {
    const { datasource } = fakeDataSource([
      { name: 'datasource', type: 'datasource', value: 'modelmetrics' },
      { name: 'tenant', value: 'acme' },
    ]);
    expect(datasource.getVariableNames()).toEqual(['$tenant']);
  });

  it('limit the values of a parameter', async () => {
    const path = 'catalog/inference_error_ratio/values/model';
    const { datasource, postResource } = fakeDataSource([{ name: 'tenant', value: ['acme', 'globex'], multi: true }], {
      [path]: { values: ['churn'], truncated: false },
    });
    const selected = { tenant: ['$tenant'], model: ['fraud'], version: { op: '!=' as const, values: ['1'] } };
    expect(await datasource.getParamValues('inference_error_ratio', 'model', selected)).toEqual({
      values: ['churn'],
      truncated: false,
    });
    const params = { tenant: ['acme', 'globex'], version: { op: '!=', values: ['1'] } };
    expect(postResource).toHaveBeenCalledWith(path, { params, search: '' }, { showErrorAlert: false });
  });
});

describe('custom query parameters', () => {
  const { datasource } = fakeDataSource([
    { name: 'tenant', value: 'a&b=c d' },
    { name: 'several', value: ['x', 'y/z'], multi: true },
    { name: 'all', value: '$__all', includeAll: true, allValue: 'a&b=.*' },
  ]);

  it.each([
    ['are sent as entered', 'dedup=true&extra%5B%5D=1', 'dedup=true&extra%5B%5D=1'],
    ['contain encoded values of variables', 'tenant=$tenant', 'tenant=a%26b%3Dc%20d'],
    ['contain several values, separated by commas', 'ids=${several}', 'ids=x%2Cy%2Fz'],
    ['contain an encoded custom value for All', 'ids=$all&x=[[all]]', 'ids=a%26b%3D.*&x=a%26b%3D.*'],
    ['contain formatted values unchanged', 'a=1&${tenant:raw}', 'a=1&a&b=c d'],
    ['keep unknown variables', 'a=$unknown', 'a=$unknown'],
    ['can contain macros', 'max_source_resolution=$__interval', 'max_source_resolution=1m'],
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
      units: true,
    });
  });

  it('is a range query and an instant query in Explore, which shows a graph and a table', () => {
    expect(datasource.getDefaultQuery(CoreApp.Explore)).toMatchObject({ range: true, instant: true });
  });

  it('is an instant query in an alert rule', () => {
    expect(datasource.getDefaultQuery(CoreApp.UnifiedAlerting)).toMatchObject({ range: false, instant: true });
  });
});

describe('in Explore', () => {
  it.each<[string, CoreApp, PromQLQuery, string | undefined]>([
    ['an instant result is a table', CoreApp.Explore, { ...promql, range: true, instant: true }, 'table'],
    ['range: false alone is an instant query', CoreApp.Explore, { ...promql, range: false }, 'table'],
    ['a range query has no instant format', CoreApp.Explore, { ...promql, range: true }, undefined],
    ['another format stays', CoreApp.Explore, { ...promql, instant: true, format: 'heatmap' }, undefined],
    ['a query of a dashboard has no instant format', CoreApp.Dashboard, { ...promql, instant: true }, undefined],
  ])('%s', (_, app, query, instantFormat) => {
    const send = jest.spyOn(DataSourceWithBackend.prototype, 'query').mockReturnValue(of({ data: [] }));
    fakeDataSource().datasource.query({ ...request([query], 'utc'), app });
    const sent = send.mock.lastCall?.[0].targets[0];
    expect(sent && 'instantFormat' in sent ? sent.instantFormat : undefined).toBe(instantFormat);
    send.mockRestore();
  });

  const filter = (type: string, key: string, value: string) => ({ type, options: { key, value } });

  it('a value becomes a filter of the query, and the opposite filter replaces it', () => {
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

  it('a value becomes a parameter if the metric has a parameter for the label', async () => {
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
])('%j contains dashboard variables: %p', (query, want) => {
  const { datasource } = fakeDataSource([{ name: 'tenant', value: 'acme' }]);
  expect(datasource.targetContainsTemplate(query)).toBe(want);
});

it('throws the error of a variable, so that Grafana shows it', () => {
  const { datasource } = fakeDataSource();
  jest.spyOn(datasource, 'query').mockReturnValue(of({ data: [], errors: [{ message: 'no such metric' }] }));
  const query: VariableQuery = { refId: 'v', queryType: 'catalogMetrics', query: '' };
  const onError = jest.fn();
  new CatalogVariableSupport(datasource).query(request([query], 'utc')).subscribe({ error: onError });
  expect(onError).toHaveBeenCalledWith(new Error('no such metric'));
});

describe('the errors of several variables', () => {
  const failing = (errors: string[]) => {
    const { datasource } = fakeDataSource();
    const support = new CatalogVariableSupport(datasource);
    const shown: string[] = [];
    for (const message of errors) {
      jest.spyOn(datasource, 'query').mockReturnValue(of({ data: [], errors: [{ message }] }));
      const query: VariableQuery = { refId: 'v', queryType: 'catalogMetrics', query: '' };
      support.query(request([query], 'utc')).subscribe({ error: (error: Error) => shown.push(error.message) });
      jest.advanceTimersByTime(1000);
    }
    return shown;
  };

  const { version } = config.buildInfo;

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    config.buildInfo.version = version;
  });

  it('are thrown once, because Grafana 11.0 shows each of them', () => {
    config.buildInfo.version = '11.0.12';
    expect(failing(['down', 'down', 'down', 'no such metric', 'down', 'down'])).toEqual([
      'down',
      'no such metric',
      'down',
    ]);
  });

  it('are thrown again after a few seconds', () => {
    config.buildInfo.version = '10.4.0';
    expect(failing(Array.from({ length: 7 }, () => 'down'))).toEqual(['down', 'down']);
  });

  it.each(['11.3.0', '12.4.0', '13.0.0-pre'])('are all thrown in Grafana %s, which marks each variable', (later) => {
    config.buildInfo.version = later;
    expect(failing(['down', 'down'])).toEqual(['down', 'down']);
  });
});

const neitherOfTwo: Params = { model: { op: '!=', values: ['a', 'b'] } };

it.each<[ModelMetricsQuery, string]>([
  [promql, 'up'],
  [
    { ...catalogQuery, params: { tenant: ['$tenant'], model: 'churn' }, groupBy: ['version'] },
    'inference_error_ratio{tenant=~"$tenant", model="churn"} by (version)',
  ],
  [{ ...catalogQuery, params: neitherOfTwo }, 'inference_error_ratio{model!~"a|b"}'],
])('formats %j as %s', (query, text) => {
  expect(fakeDataSource().datasource.getQueryDisplayText(query)).toBe(text);
});

describe('the catalog', () => {
  it('is loaded once, and loaded again only after a failure', async () => {
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
    ['completely, even if it has shrunk meanwhile', 3000],
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
