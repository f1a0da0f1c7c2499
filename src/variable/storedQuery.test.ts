import { variableText } from '../shared/displayText';
import { VariableQuery } from '../shared/types';
import { storedQuery } from './storedQuery';

const base = { refId: 'variable' };

/** A query without its text and refId. */
type Parsed<Query = VariableQuery> = Query extends VariableQuery ? Omit<Query, 'refId' | 'query'> : never;

it.each<[string, Parsed]>([
  ['label_names()', { queryType: 'labelNames' }],
  ['label_names(tango)', { queryType: 'labelNames', regex: 'tango' }],
  ['label_values(job)', { queryType: 'labelValues', label: 'job' }],
  ['label_values({}, job)', { queryType: 'labelValues', label: 'job' }],
  ['label_values(up,job) ', { queryType: 'labelValues', label: 'job', metric: 'up' }],
  ['label_values(${metric}, $label)', { queryType: 'labelValues', label: '$label', metric: '${metric}' }],
  [
    String.raw`label_values(up{a="b,c}", d=~'e|f\\.g$', h!~${'`i\\d`'}, }, job)`,
    {
      queryType: 'labelValues',
      label: 'job',
      metric: 'up',
      params: { a: ['b,c}'], d: { op: '=~', values: ['e|f\\.g$'] }, h: { op: '!~', values: ['i\\d'] } },
    },
  ],
  ['label_values({"my.metric"}, job)', { queryType: 'labelValues', label: 'job', metric: 'my.metric' }],
  [
    String.raw`label_values({"my.\"metric", 'my.label'="b"}, job)`,
    { queryType: 'labelValues', label: 'job', metric: 'my."metric', params: { 'my.label': ['b'] } },
  ],
  ['label_values(up{"my.metric"}, job)', { queryType: 'labelValues', label: 'job', match: 'up{"my.metric"}' }],
  [
    'label_values( up{env="$env", job=~"[[job]]"}, instance)',
    { queryType: 'labelValues', label: 'instance', match: 'up{env="$env", job=~"[[job]]"}' },
  ],
  ['label_values(up,my-label)', { queryType: 'labelValues', label: 'my-label', metric: 'up' }],
  ['label_values(my label)', { queryType: 'labelValues', label: 'my label' }],
  [
    'label_values(up, app.kubernetes.io/name)',
    { queryType: 'labelValues', label: 'app.kubernetes.io/name', metric: 'up' },
  ],
  ["label_values(up, it's)", { queryType: 'labelValues', label: "it's", metric: 'up' }],
  ["label_values(it's)", { queryType: 'labelValues', label: "it's" }],
  [
    "label_values(up{a='b,c'}, 5\"-`disk`)",
    { queryType: 'labelValues', label: '5"-`disk`', metric: 'up', params: { a: ['b,c'] } },
  ],
  ['label_values(up{a="b, it\'s)', { queryType: 'series', match: 'label_values(up{a="b, it\'s)' }],
  ["label_values('a,b\"c')", { queryType: 'labelValues', label: 'a,b"c' }],
  ['label_values(up, größe)', { queryType: 'labelValues', label: 'größe', metric: 'up' }],
  ['label_values(up, "my-label")', { queryType: 'labelValues', label: 'my-label', metric: 'up' }],
  [
    String.raw`label_values(up{a="b,c"}, "a, (\"b\")")`,
    { queryType: 'labelValues', label: 'a, ("b")', metric: 'up', params: { a: ['b,c'] } },
  ],
  ['label_values(up, U__k8s_2e_pod__name)', { queryType: 'labelValues', label: 'k8s.pod_name', metric: 'up' }],
  ['label_values(up, "U__a_2e_b")', { queryType: 'labelValues', label: 'U__a_2e_b', metric: 'up' }],
  [
    'label_values(k8s.$kind.[[first]]-${second:raw})',
    { queryType: 'labelValues', label: 'k8s.$kind.[[first]]-${second:raw}' },
  ],
  ['label_values(my.metric, job)', { queryType: 'labelValues', label: 'job', metric: 'my.metric' }],
  [
    'label_values(my.metric{a="b"}, job)',
    { queryType: 'labelValues', label: 'job', metric: 'my.metric', params: { a: ['b'] } },
  ],
  [
    'label_values(my.metric{"my-label"=~"$x"}, job)',
    { queryType: 'labelValues', label: 'job', match: '{__name__="my.metric", "my-label"=~"$x"}' },
  ],
  [
    'label_values({"my.metric", a!="b", a!="c"}, job)',
    { queryType: 'labelValues', label: 'job', match: '{__name__="my.metric", a!="b", a!="c"}' },
  ],
  ['label_values(count by (a) (up))', { queryType: 'series', match: 'label_values(count by (a) (up))' }],
  ['label_values({job!=""}, job)', { queryType: 'labelValues', label: 'job', match: '{job!=""}' }],
  ['label_values(up{a!="b", a!="c"}, job)', { queryType: 'labelValues', label: 'job', match: 'up{a!="b", a!="c"}' }],
  ['label_values(up{$filter}, job)', { queryType: 'labelValues', label: 'job', match: 'up{$filter}' }],
  ['label_values(up, )', { queryType: 'series', match: 'label_values(up, )' }],
  ['label_values(up{job, env=~"$env|"})', { queryType: 'series', match: 'label_values(up{job, env=~"$env|"})' }],
  ['metrics(.*)', { queryType: 'metricNames' }],
  ['metrics(^go_(gc|mem))', { queryType: 'metricNames', regex: '^go_(gc|mem)' }],
  ['query_result(sum(up) by (job))', { queryType: 'queryResult', expr: 'sum(up) by (job)' }],
  ['query_result(\n  up\n)', { queryType: 'queryResult', expr: '\n  up\n' }],
  ['up{job="$job"}', { queryType: 'series', match: 'up{job="$job"}' }],
  ['catalog_metrics()', { queryType: 'catalogMetrics' }],
  [
    'param_values(error_ratio{tenant=~"$tenant"}, model)',
    {
      queryType: 'paramValues',
      metric: 'error_ratio',
      param: 'model',
      params: { tenant: { op: '=~', values: ['$tenant'] } },
    },
  ],
])('parses %s, stored as a text or in an object', (text, want) => {
  expect(storedQuery(text)).toEqual({ ...base, query: text.trim(), ...want });
  const stored = { refId: 'PrometheusVariableQueryEditor-VariableQuery', qryType: 1, query: text };
  expect(storedQuery(stored)).toEqual({ refId: stored.refId, query: text.trim(), ...want });
});

it.each<VariableQuery>([
  { ...base, query: '', queryType: 'labelNames' },
  {
    ...base,
    query: '',
    queryType: 'labelValues',
    label: 'job',
    params: { a: ['x"y'], b: { op: '!=', values: ['z'] } },
  },
  { ...base, query: '', queryType: 'labelValues', label: 'job', match: 'up{a=""}' },
  { ...base, query: '', queryType: 'labelValues', label: 'job', metric: 'my.metric', params: { 'my.label': ['x'] } },
  { ...base, query: '', queryType: 'labelValues', label: 'my-label', metric: 'up' },
  { ...base, query: '', queryType: 'labelValues', label: 'a, "b" (c)\\' },
  { ...base, query: '', queryType: 'labelValues', label: ' a  b ' },
  { ...base, query: '', queryType: 'labelValues', label: "it's", metric: 'up' },
  { ...base, query: '', queryType: 'labelValues', label: 'U__a_2e_b' },
  { ...base, query: '', queryType: 'labelValues', label: '${label:raw}' },
  { ...base, query: '', queryType: 'metricNames', regex: 'up' },
  { ...base, query: '', queryType: 'paramValues', metric: 'error_ratio', param: 'k8s.pod/name' },
  { ...base, query: '', queryType: 'paramValues', metric: 'error_ratio', param: 'model' },
])('parses the text of %j as the same query', (query) => {
  expect(storedQuery(variableText(query))).toEqual({ ...query, query: variableText(query) });
});

it.each([
  `label_values(${'a,"'.repeat(20_000)}`,
  `label_values(up, a${' '.repeat(20_000)}(`,
  `label_values(${'$a-'.repeat(20_000)}()`,
  `label_values(${'"a",'.repeat(20_000)}", b'c)`,
])('parses the long text %.30s…', (text) => {
  expect(storedQuery(text)).toMatchObject({ queryType: 'series' });
});

// If the time were exponential in the number of variables, this test would not end.
it('parses a name with many variables', () => {
  const text = `label_values(${'$aaaaaaaaaaaa'.repeat(12)} or up, job)`;
  expect(storedQuery(text)).toMatchObject({ match: expect.stringContaining(' or up') });
});

it('returns a query of this data source unchanged', () => {
  const query: VariableQuery = { ...base, queryType: 'labelValues', label: 'job', query: 'label_values(other)' };
  expect(storedQuery(query)).toBe(query);
});

it.each([
  undefined,
  '',
  '  ',
  {},
  { refId: 'A', queryType: 'catalog', metric: '' },
  'label_values()',
  'label_values( )',
  'metrics()',
  'query_result()',
])('returns undefined for %j', (stored) => {
  expect(storedQuery(stored)).toBeUndefined();
});
