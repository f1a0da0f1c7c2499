import { DataQueryError, DataQueryResponse } from '@grafana/data';

/**
 * What happens to a query that violates a limit of the policy. With `off`, the limit doesn't apply. With `observe`, the
 * query runs and is recorded in the audit log. With `block`, it is refused and recorded.
 */
export type PolicyVerdict = 'off' | 'observe' | 'block';

/** What the access rules and the policy of a data source permit the current user. */
export interface CallerAccess {
  /** Whether the user doesn't see all series. */
  restricted: boolean;
  /** Whether the user may not read anything. */
  denied: boolean;
  /** The name of the rule that decides, or empty if no rule does. */
  rule: string;
  /** What happens to a query that isn't for a metric of the catalog. */
  promql: PolicyVerdict;
  /** Explains the decision, or is empty. */
  message: string;
}

/** The reason codes of decisions with their meanings. The backend's list is in pkg/access/reasons.go. */
export const REASONS: Record<string, string> = {
  access_denied: 'No rule permits the caller to read anything',
  access_not_confinable: "The rule's matchers can't be added to the query",
  access_parameter: 'A query parameter could widen the result',
  promql_not_allowed: "The query isn't in the catalog",
  range_too_long: 'A range or a step exceeds the maximum',
  resolution_too_fine: 'A series would have more points than the maximum',
  selector_without_metric: 'A selector has no metric name',
  regexp_matches_everything: 'A regular expression matches every value',
  too_many_series: 'The result has more series than the maximum',
};

const REFUSAL = new RegExp(`^(${Object.keys(REASONS).join('|')})(?: \\(rule ("(?:[^"\\\\]|\\\\.)*")\\))?: ([^]+)$`);

/**
 * Turns the error of a refused query into sentences for a person. The backend writes this error for programs: the
 * reason code and the rule precede the text. Other errors are returned unchanged.
 */
export function readableRefusal(message: string): string {
  const [, reason, rule, text] = REFUSAL.exec(message) ?? [];
  if (!reason) {
    return message;
  }
  const rules = reason.startsWith('access_') ? 'the access rules' : 'the policy';
  const origin = rule ? `the access rule ${rule}` : `${rules} of the data source`;
  return `${asSentence(text)} This follows from ${origin} (${reason}).`;
}

function asSentence(text: string): string {
  // A name, such as http_requests_total, stays as it is.
  const sentence = /^[a-z]+\s/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Makes the errors of refused queries in a response readable. */
export function withReadableRefusals(response: DataQueryResponse): DataQueryResponse {
  /* eslint-disable @typescript-eslint/no-deprecated -- Grafana shows error, not errors */
  const { error, errors } = response;
  return {
    ...response,
    ...(error && { error: readableError(error) }),
    ...(errors && { errors: errors.map(readableError) }),
  };
  /* eslint-enable @typescript-eslint/no-deprecated */
}

function readableError(error: DataQueryError): DataQueryError {
  return error.message ? { ...error, message: readableRefusal(error.message) } : error;
}
