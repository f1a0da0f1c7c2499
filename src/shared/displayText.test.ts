import { displayText, variableText } from './displayText';
import { VariableQuery } from './types';

const base = { refId: 'v', query: '' };

it.each<[VariableQuery, string]>([
  [{ ...base, queryType: 'labelValues', label: 'job' }, 'label_values(job)'],
  [
    { ...base, queryType: 'labelValues', label: 'project', metric: 'queries_total', params: { tenant: ['$tenant'] } },
    'label_values(queries_total{tenant=~"$tenant"}, project)',
  ],
  [
    { ...base, queryType: 'labelValues', label: 'project', params: { tenant: ['acme'] } },
    'label_values({tenant="acme"}, project)',
  ],
  [
    {
      ...base,
      queryType: 'labelValues',
      label: 'project',
      params: { a: ['x.y', 'z'], b: { op: '!=', values: ['"'] }, c: { op: '!~', values: ['x.*', 'y'] } },
    },
    String.raw`label_values({a=~"x\\.y|z", b!="\"", c!~"x.*|y"}, project)`,
  ],
  [{ ...base, queryType: 'labelNames', regex: 'tango' }, 'label_names(tango)'],
  [{ ...base, queryType: 'series', match: 'up{job="api"}' }, 'up{job="api"}'],
  [{ ...base, queryType: 'labelNames', metric: 'up' }, 'label_names(up)'],
  [{ ...base, queryType: 'metricNames' }, 'metrics(.*)'],
  [{ ...base, queryType: 'catalogMetrics' }, 'catalog_metrics()'],
  [{ ...base, queryType: 'paramValues', metric: 'error_ratio', param: 'model' }, 'param_values(error_ratio, model)'],
  [
    { ...base, queryType: 'labelValues', label: 'my-label', metric: 'my.metric' },
    'label_values({"my.metric"}, my-label)',
  ],
  [{ ...base, queryType: 'labelValues', label: 'a, b' }, 'label_values("a, b")'],
  [{ ...base, queryType: 'labelValues', label: '${label:raw}' }, 'label_values(${label:raw})'],
  [{ ...base, queryType: 'queryResult', expr: 'up == 0' }, 'query_result(up == 0)'],
])('formats %j as %s', (query, text) => {
  expect(variableText(query)).toBe(text);
});

it('formats the ad-hoc filters of a query', () => {
  const adhocFilters = [
    { key: 'job', operator: '=', value: 'api' },
    { key: 'env', operator: '!=|', value: 'dev', values: ['dev', 'test'] },
  ];
  expect(displayText({ refId: 'A', expr: 'up', adhocFilters })).toBe('up where job = api, env !=| dev, test');
});

it('quotes label names that are not identifiers', () => {
  const groupBy = ['model', 'k8s.pod'];
  expect(displayText({ refId: 'A', queryType: 'catalog', metric: 'errors', groupBy })).toBe(
    'errors by (model, "k8s.pod")'
  );
});
