import { isWithOperator, paramValues } from '../query/interpolateParams';
import { escapeRegex, escapeString, labelName } from './promql';
import { MatchOperator, Params, ParamValue } from './types';

/** What one label of a series is compared with. Under `=~` and `!~` the value is a regular expression. */
export interface Matcher {
  name: string;
  operator: MatchOperator;
  value: string;
}

/** A selector of PromQL, `metric{label="value"}`. Without a metric its name is empty. */
export interface Selector {
  metric: string;
  matchers: Matcher[];
}

/** A string literal. */
export const STRING = String.raw`"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|${'`[^`]*`'}`;
/** Of a variable as `$name` only the dollar, so that there is one way to read each letter: a text of many ends in time. */
const VARIABLE = String.raw`\$(?=\w)|\$\{[^{}]+\}|\[\[[^[\]]+\]\]`;
const PLAIN_METRIC = new RegExp(String.raw`^(?:[\w:]|${VARIABLE})*$`);
/** Dashboards name metrics with dots without quotes, too: VictoriaMetrics takes them so. */
const SELECTOR = new RegExp(String.raw`^\s*((?:[\w:.]|${VARIABLE})*)\s*(?:\{([^]*)\})?\s*$`);
/** A metric whose name isn't plain stands as the first thing between the braces. */
const QUOTED_METRIC = new RegExp(String.raw`^\s*(${STRING})\s*(?:,\s*|$)`);
const MATCHER = new RegExp(String.raw`\s*([a-zA-Z_]\w*|${STRING})\s*(=~|!~|!=|=)\s*(${STRING})\s*(?:,\s*|$)`, 'y');

/** Reads a selector, in which there can be variables; undefined where it holds more than a name and matchers. */
export function parseSelector(text: string): Selector | undefined {
  const [whole, plain, braces = ''] = text.match(SELECTOR) ?? [];
  if (whole === undefined) {
    return undefined;
  }
  const [first = '', literal] = (plain ? undefined : braces.match(QUOTED_METRIC)) ?? [];
  const metric = literal ? unquote(literal) : plain;
  if (metric === undefined) {
    return undefined;
  }
  const matchers: Matcher[] = [];
  const matcher = new RegExp(MATCHER);
  matcher.lastIndex = first.length;
  while (matcher.lastIndex < braces.trimEnd().length) {
    const [found, label, operator, literal] = matcher.exec(braces) ?? [];
    const name = label && unquote(label);
    const value = literal && unquote(literal);
    if (found === undefined || name === undefined || value === undefined) {
      return undefined;
    }
    matchers.push({ name, operator: operator as MatchOperator, value });
  }
  return { metric, matchers };
}

const ESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', "'": "'" };

/** What a string literal says, or a name that needs no quotes; undefined for escapes that are hardly ever written. */
export function unquote(literal: string): string | undefined {
  if (!/^["'`]/.test(literal)) {
    return literal;
  }
  const inner = literal.slice(1, -1);
  if (literal[0] === '`') {
    return inner;
  }
  const escapes = inner.match(/\\[^]/g) ?? [];
  return escapes.every(([, char]) => char in ESCAPED)
    ? inner.replace(/\\([^])/g, (_, char) => ESCAPED[char])
    : undefined;
}

const GROUPING = /^(by|without|on|ignoring|group_left|group_right)$/i;
const OPERATOR = /^(and|or|unless|atan2|bool|offset|inf|nan)$/i;
const TOKENS = new RegExp(
  String.raw`#[^\n]*|\s+|\[[^\]]*\]|\d\w*|(?<braces>\{(?:${STRING}|[^{}"'${'`'}])*\})|${STRING}|(?<name>[a-zA-Z_:][\w:]*)|[^]`,
  'g'
);

/** The first selector of an expression, which says best what it is about. */
export function firstSelector(expr: string): Selector | undefined {
  const isSpace = (token: string) => /^(\s|#)/.test(token);
  const tokens = [...expr.matchAll(TOKENS)].filter(([token]) => !isSpace(token));
  for (let at = 0; at < tokens.length; at++) {
    const { braces, name } = tokens[at].groups ?? {};
    const [next = ''] = tokens[at + 1] ?? [];
    if (braces) {
      return parseSelector(braces);
    }
    if (!name || OPERATOR.test(name)) {
      continue;
    }
    if (GROUPING.test(name)) {
      // Past its labels.
      while (next === '(' && at < tokens.length && tokens[at][0] !== ')') {
        at++;
      }
    } else if (next !== '(' && !GROUPING.test(next)) {
      return parseSelector(name + (tokens[at + 1]?.groups?.braces ?? ''));
    }
  }
  return undefined;
}

/** Writes a selector as PromQL does. */
export function selectorText({ metric, matchers }: Selector): string {
  const texts = matchers.map(
    ({ name, operator, value }) => `${labelName(name)}${operator}"${escapeString(value, '"')}"`
  );
  const isPlain = PLAIN_METRIC.test(metric);
  const between = isPlain ? texts : [`"${escapeString(metric, '"')}"`, ...texts];
  return (isPlain ? metric : '') + (between.length ? `{${between.join(', ')}}` : '');
}

/** A selector as it is written, but for a metric whose name isn't plain: not every server reads such a name in quotes. */
export function readableSelector(text: string): string {
  const { metric = '', matchers = [] } = parseSelector(text) ?? {};
  if (PLAIN_METRIC.test(metric)) {
    return text.trim();
  }
  return selectorText({ metric: '', matchers: [{ name: '__name__', operator: '=', value: metric }, ...matchers] });
}

/** The series that filters let through, of one metric or, without it, of any. */
export function seriesSelector(metric = '', params?: Params): string {
  const matchers = paramMatchers(params);
  if (metric === '' && matchers.length > 0) {
    // Prometheus refuses a selector that a series without labels would satisfy.
    matchers.unshift({ name: '__name__', operator: '!=', value: '' });
  }
  return selectorText({ metric, matchers });
}

/** The matchers that parameters, or filters by label, come to. Those without values filter nothing. */
export function paramMatchers(params: Params | null | undefined): Matcher[] {
  return Object.entries(params ?? {}).flatMap(([name, param]) => paramMatcher(name, param));
}

function paramMatcher(name: string, param: ParamValue): Matcher[] {
  const op = isWithOperator(param) ? param.op : '=';
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
  // A variable may hold several values, and writes them as a regular expression itself.
  return [
    {
      name,
      operator: `${operator}~`,
      value: given.map((one) => (one.includes('$') ? one : escapeRegex(one))).join('|'),
    },
  ];
}

/** The parameters that matchers come to; undefined where parameters can't say the same. */
export function matcherParams(matchers: Matcher[]): Params | undefined {
  const names = new Set(matchers.map(({ name }) => name));
  if (names.size < matchers.length || !matchers.every(isParam)) {
    return undefined;
  }
  return Object.fromEntries(
    matchers.map(({ name, operator, value }) => [name, operator === '=' ? [value] : { op: operator, values: [value] }])
  );
}

/** Parameters know no empty value, and `.*` as "no filter" alone. */
function isParam({ operator, value }: Matcher): boolean {
  return value !== '' && value !== '$__all' && (value !== '.*' || operator === '=~');
}
