import { dateTime } from '@grafana/data';

import { AdHocFilter, CatalogQuery, ModelMetricsQuery, PromQLQuery, VariableQuery } from './shared/types';
import { fakeDataSource } from './testing/datasource';

const catalogQuery: CatalogQuery = { refId: 'A', queryType: 'catalog', metric: 'inference_error_ratio' };
const promql: PromQLQuery = { refId: 'A', queryType: 'promql', expr: 'up' };

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
  ])('are sent with %s', (_, query) => {
    const { datasource } = fakeDataSource(variables);
    expect(datasource.applyTemplateVariables(query, {}, [job, env])).toMatchObject({ adhocFilters: filled });
  });

  describe('with variables', () => {
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
      ['=~ becomes an alternation', filter('=~', '$many'), filter('=~', 'a\\.b|c\\|d')],
      ['!~ becomes an alternation', filter('!~', '${many}'), filter('!~', 'a\\.b|c\\|d')],
      ['one value of a variable that allows several is escaped', filter('=~', '$one'), filter('=~', 'a\\.b')],
      ['the value of a variable that allows only one is a pattern', filter('=~', '$pattern'), filter('=~', 'a.*')],
      ['inside a pattern', filter('=~', 'x-$many.*'), filter('=~', 'x-(a\\.b|c\\|d).*')],
      ['=| matches any value', filter('=|', '$many', ['$many', 'e']), filter('=|', 'a.b', ['a.b', 'c|d', 'e'])],
      ['!=| matches no value', filter('!=|', '$many'), filter('!=|', 'a.b', ['a.b', 'c|d'])],
      ['= becomes =|', filter('=', '$many'), filter('=|', 'a.b', ['a.b', 'c|d'])],
      ['!= becomes !=|', filter('!=', '$many'), filter('!=|', 'a.b', ['a.b', 'c|d'])],
      ['= with one value', filter('=', '$one'), filter('=', 'a.b')],
      ['inside a value', filter('=', 'x-$many'), filter('=|', 'x-a.b', ['x-a.b', 'x-c|d'])],
      ['All adds no filter', filter('=', '$all'), undefined],
      ['All adds no filter with any operator', filter('!~', '$all'), undefined],
      ['All among values adds no filter', filter('=|', 'a', ['a', '$star']), undefined],
      ['no value adds no filter', filter('=', '$none'), undefined],
      ['a custom value for All', filter('=', '$europe'), filter('=~', '(eu-.*)')],
      ['a custom value for All among values', filter('!=|', '', ['$europe', 'x.y']), filter('!~', '(eu-.*)|x\\.y')],
      ['.* without a variable stays', filter('=', '.*'), filter('=', '.*')],
      ['an empty value stays', filter('=|', '', ['', 'a']), filter('=|', '', ['', 'a'])],
      ['an unknown operator stays', filter('<', '$pattern'), filter('<', 'a.*')],
    ])('%s', (_, written, want) => {
      const filters = want && [want];
      expect(datasource.applyTemplateVariables(promql, {}, [written])).toMatchObject({
        ...promql,
        adhocFilters: filters,
      });
    });

    it('limit the values of other filters', async () => {
      getResource.mockResolvedValue({ data: [] });
      await datasource.getTagValues({ key: 'env', filters: [filter('=', '$many')] });
      expect(getResource).toHaveBeenLastCalledWith('api/v1/label/env/values', {
        limit: 1000,
        'match[]': '{job=~"a\\\\.b|c\\\\|d"}',
      });
    });
  });

  it('are not a field of the query if the dashboard has no filters', () => {
    const { datasource } = fakeDataSource(variables);
    expect(JSON.stringify(datasource.applyTemplateVariables(promql, {}, []))).toBe(JSON.stringify(promql));
  });

  it('are omitted without a label or a value', () => {
    const incomplete = [
      { ...job, value: '', values: [] },
      { ...env, value: '' },
      { ...env, key: '' },
    ];
    const { datasource } = fakeDataSource(variables);
    expect(datasource.applyTemplateVariables(promql, {}, incomplete)).toHaveProperty('adhocFilters', undefined);
  });

  it.each<VariableQuery>([
    { refId: 'v', query: '', queryType: 'labelNames' },
    { refId: 'v', query: '', queryType: 'labelValues', label: 'job' },
    { refId: 'v', query: '', queryType: 'paramValues', metric: 'inference_error_ratio', param: 'model' },
    { refId: 'v', query: '', queryType: 'metricNames' },
    { refId: 'v', query: '', queryType: 'catalogMetrics' },
    { refId: 'v', query: '', queryType: 'queryResult', expr: 'up' },
  ])('are not added to a variable of the type $queryType', (query) => {
    const { datasource } = fakeDataSource(variables);
    expect(datasource.applyTemplateVariables(query, {}, [env])).not.toHaveProperty('adhocFilters');
  });

  it('are kept when the query is opened in Explore', () => {
    const { datasource } = fakeDataSource(variables);
    const [explored] = datasource.interpolateVariablesInQueries([promql], {}, [job, env]);
    expect(datasource.applyTemplateVariables(explored, {})).toMatchObject({ adhocFilters: filled });
    expect(datasource.applyTemplateVariables(explored, {}, [])).toMatchObject({ adhocFilters: filled });
  });

  const from = dateTime('2025-07-01T00:00:00Z');
  const to = dateTime('2025-07-01T06:00:00Z');
  const timeRange = { from, to, raw: { from, to } };

  it('list the labels of series that match the other filters in the time range', async () => {
    const { datasource, getResource } = fakeDataSource(variables, {
      'api/v1/labels': { data: ['__name__', 'job', 'le'] },
    });
    expect(await datasource.getTagKeys({ filters: [env], timeRange })).toEqual([{ text: 'job' }]);
    expect(getResource).toHaveBeenCalledWith('api/v1/labels', {
      limit: 1000,
      'match[]': '{__name__!="",env!="prod"}',
      start: 1751328000,
      end: 1751349600,
    });
  });

  it('list all labels without other filters', async () => {
    const { datasource, getResource } = fakeDataSource(variables, { 'api/v1/labels': { data: ['job'] } });
    expect(await datasource.getTagKeys()).toEqual([{ text: 'job' }]);
    expect(getResource).toHaveBeenCalledWith('api/v1/labels', { limit: 1000 });
  });

  it('list the label values of series that match the other filters, for labels with any name', async () => {
    const path = 'api/v1/label/U__http_2e_code_2f_class/values';
    const { datasource, getResource } = fakeDataSource(variables, { [path]: { data: ['2xx', '5xx'] } });
    expect(
      await datasource.getTagValues({ key: 'http.code/class', filters: [job, { ...env, key: 'my-label' }] })
    ).toEqual([{ text: '2xx' }, { text: '5xx' }]);
    expect(getResource).toHaveBeenCalledWith(path, { limit: 1000, 'match[]': '{job=~"api|prod","my-label"!="prod"}' });
  });

  it('end a truncated list with a hint, and ignore the hint if the user selects it', async () => {
    const path = 'api/v1/label/pod/values';
    const data = Array.from({ length: 1000 }, (_, index) => `pod-${index}`);
    const resources = {
      [path]: { data, warnings: ['results truncated due to limit'] },
      'api/v1/labels': { data: ['le', 'pod'], warnings: ['results truncated due to limit', 'store is down'] },
    };
    const { datasource, getResource } = fakeDataSource(variables, resources);
    const values = await datasource.getTagValues({ key: 'pod', filters: [] });
    const { text } = values[1000];
    expect(text).toBe('Only the first 1,000 are listed. Add another filter to narrow the list.');
    const keys = await datasource.getTagKeys();
    expect(keys.map((key) => key.text)).toEqual([
      'pod',
      'Only the first 2 are listed. Add another filter to narrow the list.',
      'Some may be missing: the server could not read all of its storage.',
    ]);

    const hint = { key: 'pod', operator: '=', value: text };
    expect(datasource.applyTemplateVariables(promql, {}, [hint, env])).toMatchObject({ adhocFilters: [filled[1]] });
    expect(datasource.applyTemplateVariables(promql, {}, [hint])).toEqual(
      datasource.applyTemplateVariables(promql, {})
    );
    await datasource.getTagValues({ key: 'job', filters: [hint] }).catch(() => undefined);
    expect(getResource).toHaveBeenLastCalledWith('api/v1/label/job/values', { limit: 1000 });
  });
});
