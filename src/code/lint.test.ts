import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { lint } from './lint';

const REFERENCE = join(__dirname, '..', '..', 'docs', 'catalog');

it.each<[string]>([
  [''],
  ['sum by (job) (rate(x_total{job=~"$job"}[$__rate_interval]))'],
  ['rate(x_total{tenant="${tenant}", $filters}[$window]) > $threshold'],
  ['topk($n, rate($metric[5m]))'],
  ['topk($n * 2, $metric) and on ($label) other'],
  ['histogram_quantile($q, sum by (le) (rate(x_bucket{job=~"${job:regex}"}[$__interval])))'],
  ['5 > $threshold'],
  ['x{job=${job:doublequote}} * $__range_s offset $back'],
  ['max_over_time(x[$__range:$__interval])'],
  ['a $op b'],
  ['$agg by (job) (rate(x[5m]))'],
  ['# only $comment'],
])('reports nothing for %s', (text) => {
  expect(lint(text)).toEqual([]);
});

it('reports nothing for the rendered metrics of the catalog', () => {
  const pages = readdirSync(REFERENCE).map((page) => readFileSync(join(REFERENCE, page), 'utf8'));
  const blocks = pages.flatMap((page) => [...page.matchAll(/```promql\n(.*?)```/gs)].map(([, block]) => block));
  const rendered = blocks.filter((block) => !block.includes('__PARAMS') && !block.includes('__BY__'));
  expect(rendered.length).toBeGreaterThan(50);
  expect(rendered.filter((block) => lint(block).length > 0)).toEqual([]);
});

it.each<[string, string, string, RegExp]>([
  [
    'a range vector instead of an instant vector',
    'sum(x[$__rate_interval])',
    'x[$__rate_interval]',
    /expected type vector/,
  ],
  ['an instant vector instead of a range vector', 'rate(x{job="$job"})', 'x{job="$job"}', /expected type matrix/],
  ['a bracket too many', 'x{job="$job"})', ')', /^unexpected \)$/],
  ['a bracket too few', 'sum(x{job="$job"}', '', /incomplete expression/],
  ['an error after a comment', '# sum(x[5m])\nrate(x)', 'x', /expected type matrix/],
  ['a missing comma', 'x{a="$a" b="$b"}', 'b="$b"', /unexpected expression/],
  ['a word too many', 'rate(x[$__interval]) foo bar', 'foo', /unexpected expression/],
  ['a missing argument', 'clamp_max($metric)', 'clamp_max($metric)', /expected 2 argument/],
  ['a comparison of numbers', '1 > 2', '1 > 2', /BOOL modifier/],
])('marks %s', (_, text, marked, message) => {
  const problems = lint(text).map(({ from, to, message }) => ({ marked: text.slice(from, to), message }));
  expect(problems).toContainEqual({ marked: expect.stringContaining(marked), message: expect.stringMatching(message) });
});

it('checks a long text to its end', () => {
  const long = `sum(x{job=~"${'job|'.repeat(2000)}"}) > $limit`;
  expect(lint(long)).toEqual([]);
  expect(lint(`${long} + rate(x)`)).toHaveLength(1);
});

it.each<[string, string, string]>([
  ['a type error', 'sum(x[5m])', 'error'],
  ['a missing argument', 'clamp_max(x)', 'error'],
  ['a function that the grammar does not define', 'sum(xrate(x[5m]))', 'warning'],
  ['an operator of MetricsQL', 'x default 0', 'warning'],
  ['a word of MetricsQL at the end', 'rate(x[5m]) keep_metric_names', 'warning'],
  ['a template of MetricsQL', 'WITH (y = x) y', 'warning'],
  ['an incomplete expression', 'sum(x) by (y', 'warning'],
])('reports %s, as in %s, with the severity %s', (_, text, severity) => {
  expect(new Set(lint(text).map((one) => one.severity))).toEqual(new Set([severity]));
});
