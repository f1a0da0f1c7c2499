import { hasOperator, paramValues } from './params';
import { escapeRegex, escapeString, labelName, unquote } from './promql';
import { isClosedLiteral, textOf, Token, tokenize } from './promqlTokens';
import { MatchOperator, Params, ParamValue } from './types';

/** A label matcher. For `=~` and `!~` the value is a regular expression. */
export interface Matcher {
  name: string;
  operator: MatchOperator;
  value: string;
}

/** A selector of PromQL, `metric{label="value"}`. The field `metric` is empty if the selector has no metric name. */
export interface Selector {
  metric: string;
  matchers: Matcher[];
}

/** Parses a selector, which can contain variables. Returns undefined if the text is not a selector. */
export function parseSelector(text: string): Selector | undefined {
  const tokens = tokenize(text.trim());
  const length = tokens.findIndex((token) => !isNamePart(token));
  const metric = textOf(length < 0 ? tokens : tokens.slice(0, length));
  const [open, ...rest] = length < 0 ? [] : tokens.slice(length).filter(({ kind }) => kind !== 'space');
  if (!open) {
    return { metric, matchers: [] };
  }
  return open.text === '{' && rest.pop()?.text === '}' ? parseBraces(metric, rest) : undefined;
}

/**
 * Reports whether a token can be a part of a metric name without quotes. Dots are allowed, because VictoriaMetrics
 * allows them.
 */
function isNamePart({ kind, text }: Token): boolean {
  return kind === 'variable' || kind === 'word' || /^[\w:.]$/.test(text);
}

/** Parses the tokens between the braces of a selector. The first element can be a metric name in quotes. */
function parseBraces(metric: string, tokens: Token[]): Selector | undefined {
  const [first, comma] = tokens;
  if (metric === '' && isClosedLiteral(first) && (!comma || comma.text === ',')) {
    const name = unquote(first.text);
    const matchers = parseMatchers(tokens.slice(2));
    return name !== undefined && matchers ? { metric: name, matchers } : undefined;
  }
  const matchers = parseMatchers(tokens);
  return matchers && { metric, matchers };
}

function parseMatchers(tokens: Token[]): Matcher[] | undefined {
  const matchers: Matcher[] = [];
  for (let at = 0; at < tokens.length; at += 4) {
    const [label, operator, literal, comma] = tokens.slice(at, at + 4);
    const name = isLabel(label) ? unquote(label.text) : undefined;
    const value = isClosedLiteral(literal) ? unquote(literal.text) : undefined;
    const isComplete = operator?.kind === 'operator' && (!comma || comma.text === ',');
    if (name === undefined || value === undefined || !isComplete) {
      return undefined;
    }
    matchers.push({ name, operator: operator.text as MatchOperator, value });
  }
  return matchers;
}

function isLabel(token: Token): boolean {
  return isClosedLiteral(token) || (token.kind === 'word' && !token.text.includes(':'));
}

/** The identifiers that PromQL accepts as metric names only in quotes, in upper case or lower case. */
const KEYWORDS = ['atan2', 'bool', 'group_left', 'group_right', 'ignoring', 'inf', 'nan', 'on'];

/** Reports whether a metric name, which can contain variables, needs no quotes. */
function isPlainMetric(metric: string): boolean {
  return (
    !/^\d/.test(metric) &&
    !KEYWORDS.includes(metric.toLowerCase()) &&
    tokenize(metric).every((token) => isNamePart(token) && token.text !== '.')
  );
}

/** Formats a selector as PromQL. */
export function selectorText({ metric, matchers }: Selector): string {
  const texts = matchers.map(
    ({ name, operator, value }) => `${labelName(name)}${operator}"${escapeString(value, '"')}"`
  );
  const isPlain = isPlainMetric(metric);
  const between = isPlain ? texts : [`"${escapeString(metric, '"')}"`, ...texts];
  return (isPlain ? metric : '') + (between.length ? `{${between.join(', ')}}` : '');
}

/**
 * Rewrites a selector whose metric name requires quotes: the name becomes a matcher of `__name__`, because not every
 * server supports quoted names. Any other text is only trimmed.
 */
export function portableSelector(text: string): string {
  const { metric = '', matchers = [] } = parseSelector(text) ?? {};
  if (isPlainMetric(metric)) {
    return text.trim();
  }
  return selectorText({ metric: '', matchers: [{ name: '__name__', operator: '=', value: metric }, ...matchers] });
}

/**
 * Returns the selector for the series of `metric` that match the filters in `params`. If `metric` is empty, the
 * selector selects series of all metrics.
 */
export function seriesSelector(metric = '', params?: Params): string {
  const matchers = paramMatchers(params);
  if (metric === '' && matchers.length > 0) {
    // Prometheus rejects a selector that matches a series without labels.
    matchers.unshift({ name: '__name__', operator: '!=', value: '' });
  }
  return selectorText({ metric, matchers });
}

/** Converts parameters to matchers. A parameter without values is omitted. */
export function paramMatchers(params: Params | null | undefined): Matcher[] {
  return Object.entries(params ?? {}).flatMap(([name, param]) => paramMatcher(name, param));
}

function paramMatcher(name: string, param: ParamValue): Matcher[] {
  const op = hasOperator(param) ? param.op : '=';
  const given = paramValues(param);
  if (given.length === 0) {
    return [];
  }
  const operator = op.startsWith('!') ? '!' : '=';
  if (op === '=~' || op === '!~') {
    return [{ name, operator: `${operator}~`, value: given.join('|') }];
  }
  if (given.length === 1 && !given[0].includes('$')) {
    return [{ name, operator: op === '!=' ? '!=' : '=', value: given[0] }];
  }
  // Several values become a regular expression. So does one value with a `$`: a variable can have several values.
  return [
    {
      name,
      operator: `${operator}~`,
      value: given.map((one) => (one.includes('$') ? one : escapeRegex(one))).join('|'),
    },
  ];
}

/** Converts matchers to parameters. Returns undefined for matchers that parameters can't express. */
export function matcherParams(matchers: Matcher[]): Params | undefined {
  const names = new Set(matchers.map(({ name }) => name));
  if (names.size < matchers.length || !matchers.every(isParam)) {
    return undefined;
  }
  return Object.fromEntries(
    matchers.map(({ name, operator, value }) => [name, operator === '=' ? [value] : { op: operator, values: [value] }])
  );
}

/**
 * Reports whether a parameter can express a matcher. It can't express a matcher with an empty value. It can't express
 * the values `$__all` and `.*` either, because both mean "no filter" in a parameter. The exception is the matcher
 * `=~".*"`, which also means "no filter".
 */
function isParam({ operator, value }: Matcher): boolean {
  return value !== '' && value !== '$__all' && (value !== '.*' || operator === '=~');
}
