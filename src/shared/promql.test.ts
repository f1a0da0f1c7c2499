import { filterSelector } from './promql';
import { AdHocFilter } from './types';

const filter = (key: string, operator: string, value: string, values?: string[]): AdHocFilter => ({
  key,
  operator,
  value,
  values,
});

it.each<[string, AdHocFilter[], string | undefined]>([
  ['no filters, and therefore no selector', [], undefined],
  ['one filter', [filter('job', '=', 'api')], '{job="api"}'],
  [
    'several filters, in their order',
    [filter('job', '=~', 'api|web'), filter('env', '=', 'prod')],
    '{job=~"api|web",env="prod"}',
  ],
  ['a filter that matches an empty label', [filter('job', '!=', 'api')], '{__name__!="",job!="api"}'],
  ['a pattern that matches an empty label', [filter('job', '=~', '.*')], '{__name__!="",job=~".*"}'],
  ['a missing label', [filter('job', '=', '')], '{__name__!="",job=""}'],
  ['any of several values', [filter('job', '=|', 'a.b', ['a.b', 'c'])], '{job=~"a\\\\.b|c"}'],
  ['any of one value', [filter('job', '=|', 'a')], '{job=~"a"}'],
  ['none of several values', [filter('job', '!=|', 'a', ['a', 'b|c'])], '{__name__!="",job!~"a|b\\\\|c"}'],
  [
    'a value can’t end its string literal',
    [filter('job', '=', 'x"} or up{a="\\\n')],
    '{job="x\\"} or up{a=\\"\\\\\\n"}',
  ],
  ['a replacement character', [filter('job', '=', 'a\uFFFD')], '{job="a\\ufffd"}'],
  ['a name that is not an identifier', [filter('http.status "code"', '=', '1')], '{"http.status \\"code\\""="1"}'],
  ['an operator that Prometheus does not have', [filter('job', '<', '3'), filter('env', '=', 'prod')], '{env="prod"}'],
  ['only operators that Prometheus does not have', [filter('job', '>', '3')], undefined],
])('%s', (_, filters, want) => {
  expect(filterSelector(filters)).toBe(want);
});
