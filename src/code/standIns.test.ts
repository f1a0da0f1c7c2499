import { standIns } from './standIns';

it.each<[string, string, string]>([
  ['nothing to replace', 'sum by (job) (up)', 'sum by (job) (up)'],
  ['a range in a macro', 'rate(x[$__rate_interval])', 'rate(x[1111111111111111])'],
  ['a range in a variable', 'rate(x[$window])', 'rate(x[1111111])'],
  ['a part of a range', 'rate(x[${n}m])', 'rate(x[1111m])'],
  ['a subquery’s step', 'max_over_time(x[1h:$__interval])', 'max_over_time(x[1h:11111111111])'],
  ['an offset', 'x offset -$back', 'x offset -11111'],
  ['a macro as a number', 'x * ${__range_s}', 'x * 111111111111'],
  ['a metric', '$metric{job="a"}', 'xxxxxxx{job="a"}'],
  ['a part of a name', 'x_${unit}_total', 'x_xxxxxxx_total'],
  ['a label', 'sum by ($label) (x)', 'sum by (xxxxxx) (x)'],
  ['a matcher’s label', 'x{$label="a"}', 'x{xxxxxx="a"}'],
  ['a value with its quotes', 'x{job=${job:doublequote}}', 'x{job="xxxxxxxxxxxxxxxx"}'],
  ['matchers', 'x{a="b", $filters}', 'x{a="b", x="xxxx"}'],
  ['a value', 'x{job=~"$job|${other:regex}"}', 'x{job=~"$job|${other:regex}"}'],
  ['an unclosed string', 'x{job="$jo', 'x{job="$jo'],
  ['an unclosed string in an earlier line', 'x{job="$jo\n> $limit', 'x{job="$jo\n> x="xx"'],
  ['a variable in double brackets', 'rate(x[[[window]]])', 'rate(x[1111111111])'],
  ['a string with brackets', 'x{a="["} > $limit', 'x{a="["} > xxxxxx'],
  ['a comment', 'x # [$a\n> $limit', 'x # [$a\n> xxxxxx'],
])('%s', (_, written, text) => {
  expect(standIns(written)).toEqual({ text, isCertain: true });
});

it('reads a variable as a number', () => {
  expect(standIns('topk($n, $metric{a="$b"})', 'number').text).toBe('topk(11, 1111111{a="$b"})');
});

it.each<[string, string]>([
  ['an operator', 'a $op b'],
  ['an operator between brackets', 'sum(a) $op (b)'],
  ['an operator before a number', 'a{b="c"} $op 3'],
  ['a function', '$fn(x[5m])'],
  ['an aggregation', '$agg by (job) (x)'],
  ['matchers with a short name', 'x{$f}'],
])('is not certain about %s', (_, written) => {
  const { text, isCertain } = standIns(written);
  expect(isCertain).toBe(false);
  expect(text).toHaveLength(written.length);
});

it.each<[string]>([['a > $x and b'], ['a and $b'], ['a * on (job) group_left $b{c="d"}'], ['a > bool $x']])(
  'is certain about the operand in %s',
  (written) => expect(standIns(written).isCertain).toBe(true)
);
