import { variableText } from './displayText';
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
  [{ ...base, queryType: 'labelNames', metric: 'up' }, 'label_names(up)'],
  [{ ...base, queryType: 'metricNames' }, 'metric_names()'],
  [{ ...base, queryType: 'catalogMetrics' }, 'catalog_metrics()'],
  [{ ...base, queryType: 'paramValues', metric: 'error_ratio', param: 'model' }, 'param_values(error_ratio, model)'],
  [{ ...base, queryType: 'queryResult', expr: 'up == 0' }, 'query_result(up == 0)'],
])('%j reads as %s', (query, text) => {
  expect(variableText(query)).toBe(text);
});
