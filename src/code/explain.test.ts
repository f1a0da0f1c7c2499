import { explain } from './explain';

const explained = (expr: string) => explain(expr)?.map(({ depth, text, meaning }) => [depth, text, meaning]);

it('explains an expression and then its parts', () => {
  expect(
    explained('topk(5, sum by (job, model) (rate(x_total{a="b", c!~"d.*"}[$__rate_interval] offset 1h)))')
  ).toEqual([
    [0, expect.stringMatching(/^topk/), 'topk: Largest k elements by sample value. One result for all series.'],
    [
      1,
      expect.stringMatching(/^sum by/),
      'sum: Calculate sum over dimensions. One result for each combination of job and model.',
    ],
    [2, expect.stringMatching(/^rate/), 'rate: Calculate per-second increase over a range vector (for counters).'],
    [3, 'x_total{a="b", c!~"d.*"}[$__rate_interval] offset 1h', 'Evaluates the selector 1h earlier.'],
    [
      4,
      'x_total{a="b", c!~"d.*"}[$__rate_interval]',
      'All values within $__rate_interval (a range that is long enough for rate() at every step) of each series of x_total for which a is “b” and c doesn’t match the regular expression “d.*”.',
    ],
  ]);
});

it.each([
  ['a / b', 'Divides the left side by the right side. Series match if all their labels are equal.'],
  [
    'a / on (job) group_left (x) b',
    'Divides the left side by the right side. Series match if their values of job are equal. Several series of the left side can match the same series.',
  ],
  ['a * ignoring (x) b', 'Multiplies both sides. Series match if all their labels except x are equal.'],
  ['a > 5', 'Keeps the values of the left side that are greater than the right side.'],
  ['a > bool 5', 'Returns 1 for values of the left side that are greater than the right side, and 0 for the others.'],
  [
    'a unless b',
    'Keeps the series of the left side that the right side lacks. Series match if all their labels are equal.',
  ],
  ['-a', 'Changes the sign of each value.'],
  ['max_over_time(a[1h:5m])', expect.stringMatching(/^max_over_time: /)],
  ['a[1h:5m]', 'Evaluates the expression in brackets over 1h, every 5m.'],
  ['sum without (pod) (a)', 'sum: Calculate sum over dimensions. One result for all series that differ only in pod.'],
  ['a @ end()', 'Evaluates the selector at a fixed time, which follows the @.'],
  ['a offset -5m', 'Evaluates the selector 5m later.'],
  [
    '{"http.requests", "k8s.pod"="x", env=""}',
    'The latest value of each series of http.requests for which k8s.pod is “x” and env is absent.',
  ],
  ['(a)', 'The latest value of each series of a.'],
])('explains %s', (expr, meaning) => {
  expect(explain(expr)?.[0].meaning).toEqual(meaning);
});

it.each(['sum(', '', 'rate(x[5m]) +'])('does not explain %j', (expr) => {
  expect(explain(expr)).toBeUndefined();
});

it('explains a bounded number of parts', () => {
  expect(explain(Array.from({ length: 200 }, () => 'a').join(' + '))).toHaveLength(100);
});
