import { MetricKnowledge } from '../shared/editorDataSource';
import { hintsFor } from './hints';

const meta = (type: string) => [{ type, help: '' }];
const KNOWLEDGE: MetricKnowledge = {
  metadata: {
    requests_total: meta('counter'),
    items: meta('counter'),
    size_total: meta('gauge'),
    up: meta('gauge'),
    wait_seconds: meta('histogram'),
  },
  rules: [
    { name: 'job:requests:rate5m', query: 'sum by (job) (rate(requests_total[5m]))' },
    { name: 'job:ratio', query: 'sum by (job) (rate(a[5m])) /\n  sum by (job) (rate(b{x="y  z"}[5m]))' },
  ],
};

const apply = (expr: string, isHeatmap = false) =>
  hintsFor(expr, isHeatmap, KNOWLEDGE).map(({ action, expr: next }) => [action, next]);

it.each([
  ['requests_total', 'rate(requests_total[$__rate_interval])'],
  ['sum(items{a="b"})', 'sum(rate(items{a="b"}[$__rate_interval]))'],
  ['unknown_total', 'rate(unknown_total[$__rate_interval])'],
  ['wait_seconds_count', 'rate(wait_seconds_count[$__rate_interval])'],
  ['items offset 5m', 'rate(items[$__rate_interval] offset 5m)'],
  ['items @ end()', 'rate(items[$__rate_interval] @ end())'],
  ['{__name__="items", a="b"}', 'rate({__name__="items", a="b"}[$__rate_interval])'],
  ['up * $n + items{job=~"$job"}', 'up * $n + rate(items{job=~"$job"}[$__rate_interval])'],
])('applies rate() to the counter in %s', (expr, want) => {
  expect(apply(expr)).toEqual([['Apply rate()', want]]);
});

it.each([
  'up',
  'size_total',
  'rate(requests_total[5m])',
  'count(requests_total)',
  'absent(items)',
  'max_over_time(items[5m:1m])',
  'sum(label_replace(up, "a", "items", "b", "items"))',
  'sum by (items) (up) # requests_total',
  'requests_total +',
  '$metric',
  '',
])('has no hint for %j', (expr) => {
  expect(apply(expr)).toEqual([]);
});

const SUM = 'sum by (le) (rate(wait_seconds_bucket[$__rate_interval]))';

it.each([
  ['wait_seconds_bucket', `histogram_quantile(0.95, ${SUM})`],
  ['rate(wait_seconds_bucket[5m])', 'histogram_quantile(0.95, sum by (le) (rate(wait_seconds_bucket[5m])))'],
  ['sum(rate(wait_seconds_bucket[5m]))', 'histogram_quantile(0.95, sum by (le) (rate(wait_seconds_bucket[5m])))'],
  [
    'sum by (job) (rate(wait_seconds_bucket[5m]))',
    'histogram_quantile(0.95, sum by (le, job) (rate(wait_seconds_bucket[5m])))',
  ],
  [
    'sum(rate(wait_seconds_bucket[5m])) by (le, job) > 1',
    'histogram_quantile(0.95, sum(rate(wait_seconds_bucket[5m])) by (le, job)) > 1',
  ],
  [
    'sum without (pod) (rate(other_bucket[5m]))',
    'histogram_quantile(0.95, sum without (pod) (rate(other_bucket[5m])))',
  ],
  ['max(wait_seconds_bucket)', `max(histogram_quantile(0.95, ${SUM}))`],
])('computes a quantile from the buckets in %s', (expr, want) => {
  expect(apply(expr)).toEqual([['Apply histogram_quantile()', want.replace(/ by \(le\) +\(/, ' by (le) (')]]);
});

it.each([
  'histogram_quantile(0.9, sum by (le) (rate(wait_seconds_bucket[5m])))',
  'histogram_fraction(0, 1, rate(wait_seconds_bucket[5m]))',
  'rate(wait_seconds_bucket{le="1"}[5m])',
  'count by (le) (wait_seconds_bucket)',
  'max_over_time(wait_seconds_bucket[5m])',
  'sum without (le) (rate(wait_seconds_bucket[5m]))',
])('needs no quantile: %s', (expr) => {
  expect(apply(expr)).toEqual([]);
});

it('needs no quantile for a heatmap', () => {
  expect(apply(SUM, true)).toEqual([]);
});

it.each([
  ['the complete expression', 'sum by (job) (rate(requests_total[5m]))', 'job:requests:rate5m'],
  ['other spaces', 'sum by(job)(rate(requests_total[5m]))', 'job:requests:rate5m'],
  ['a part', 'topk(3, sum by (job) (rate(requests_total[5m]))) > 1', 'topk(3, job:requests:rate5m) > 1'],
  ['with a comment', 'sum by (job) ( # all\n rate(requests_total[5m]))', 'job:requests:rate5m'],
  ['a long rule', 'sum by (job) (rate(a[5m])) / sum by (job) (rate(b{x="y  z"}[5m]))', 'job:ratio'],
])('uses a recording rule for %s', (_, expr, want) => {
  expect(hintsFor(expr, false, KNOWLEDGE).map((hint) => hint.expr)).toEqual([want]);
});

it.each([
  'sum by (job) (rate(requests_total[10m]))',
  'sum by (job) (rate(a[5m])) / sum by (job) (rate(b{x="y z"}[5m]))',
])('uses no recording rule for the different expression %s', (expr) => {
  expect(apply(expr)).toEqual([]);
});
