import { readFileSync } from 'fs';
import { join } from 'path';

import { readableRefusal, REASONS, withReadableRefusals } from './access';
import { errorMessage } from './errorMessage';

it('describes every reason code of the backend', () => {
  const source = readFileSync(join(__dirname, '../../pkg/access/reasons.go'), 'utf8');
  const codes = [...source.matchAll(/Reason = "(\w+)"/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(Object.keys(REASONS)).toEqual(codes);
});

it.each([
  [
    'promql_not_allowed (rule "acme"): only metrics of the catalog may be queried. http_requests_total is in the catalog as request_rate.',
    'Only metrics of the catalog may be queried. http_requests_total is in the catalog as request_rate. This follows from the access rule "acme" (promql_not_allowed).',
  ],
  [
    'range_too_long: the range is 90d, the maximum is 30d',
    'The range is 90d, the maximum is 30d. This follows from the policy of the data source (range_too_long).',
  ],
  [
    'access_denied (rule "a \\"b\\" c"): no rule fits.\nAsk an administrator!',
    'No rule fits.\nAsk an administrator! This follows from the access rule "a \\"b\\" c" (access_denied).',
  ],
  [
    'selector_without_metric (rule "rule 3"): {job="a"} has no metric name.',
    '{job="a"} has no metric name. This follows from the access rule "rule 3" (selector_without_metric).',
  ],
  [
    'too_many_series: http_requests_total has 9000 series.',
    'http_requests_total has 9000 series. This follows from the policy of the data source (too_many_series).',
  ],
])('makes the refusal %j readable', (message, want) => {
  expect(readableRefusal(message)).toBe(want);
});

it.each(['', 'parse error: unexpected end', 'range_too_long', 'unknown_reason: text', 'Error: range_too_long: text'])(
  'does not change the error %j',
  (message) => {
    expect(readableRefusal(message)).toBe(message);
  }
);

it('makes the refusals in the response of a query readable, and keeps everything else', () => {
  const refused = { refId: 'A', status: 403, message: 'range_too_long: the range is too long.' };
  const readable = {
    ...refused,
    message: 'The range is too long. This follows from the policy of the data source (range_too_long).',
  };
  const other = { refId: 'B', message: 'parse error' };
  const response = { data: [1], key: 'k', error: refused, errors: [refused, other, {}] };
  expect(withReadableRefusals(response)).toEqual({
    data: [1],
    key: 'k',
    error: readable,
    errors: [readable, other, {}],
  });
  expect(withReadableRefusals({ data: [] })).toEqual({ data: [] });
});

it('makes the refusal in an error response readable', () => {
  const body = {
    error: 'UPSTREAM_FAILED',
    message: 'access_parameter (rule "acme"): extra_label is not allowed.',
    details: { reason: 'access_parameter', rule: 'acme' },
  };
  expect(errorMessage({ status: 403, statusText: '', data: body, config: {} })).toBe(
    'extra_label is not allowed. This follows from the access rule "acme" (access_parameter).'
  );
});
