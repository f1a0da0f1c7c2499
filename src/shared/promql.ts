import { AdHocFilter } from './types';

/** Escapes a text for a regular expression. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/**
 * Escapes a text for a string literal in double or single quotes. For any other `quote`, the text is returned
 * unchanged: literals in backquotes have no escape sequences. U+FFFD is escaped, because PromQL reads it as an invalid
 * byte.
 */
export function escapeString(text: string, quote: string): string {
  if (quote !== '"' && quote !== "'") {
    return text;
  }
  return text
    .replace(/\\/g, '\\\\')
    .replace(/\n/g, '\\n')
    .replace(/\uFFFD/g, '\\ufffd')
    .replaceAll(quote, `\\${quote}`);
}

const ESCAPE_SEQUENCES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', "'": "'" };

/**
 * Returns the text of a string literal. A name without quotes is returned unchanged. Returns undefined for a literal
 * with a rare escape sequence, such as `\x41`.
 */
export function unquote(literal: string): string | undefined {
  if (!/^["'`]/.test(literal)) {
    return literal;
  }
  const inner = literal.slice(1, -1);
  if (literal[0] === '`') {
    return inner;
  }
  const escapes = inner.match(/\\[^]/g) ?? [];
  return escapes.every(([, char]) => char in ESCAPE_SEQUENCES)
    ? inner.replace(/\\([^])/g, (_, char) => ESCAPE_SEQUENCES[char])
    : undefined;
}

/**
 * Returns a selector for the series that match ad-hoc filters. A filter whose operator can't be expressed in PromQL is
 * omitted, so the selector can match more series than the filters, but never fewer. Returns undefined if no filter
 * remains.
 */
export function filterSelector(filters: AdHocFilter[]): string | undefined {
  const matchers = filters.flatMap(filterMatcher);
  if (matchers.length === 0) {
    return undefined;
  }
  // Prometheus rejects a selector that matches a series without labels.
  const all = filters.some(needsLabel) ? matchers : ['__name__!=""', ...matchers];
  return `{${all.join(',')}}`;
}

function filterMatcher({ key, operator, value, values = [value] }: AdHocFilter): string[] {
  const anyOf = values.map(escapeRegex).join('|');
  switch (operator) {
    case '=':
    case '!=':
    case '=~':
    case '!~':
      return [labelName(key) + operator + quote(value)];
    case '=|':
      return [`${labelName(key)}=~${quote(anyOf)}`];
    case '!=|':
      return [`${labelName(key)}!~${quote(anyOf)}`];
    default:
      return [];
  }
}

/**
 * Reports whether a filter is certain to match only series that have its label. Regular expressions are not examined.
 */
function needsLabel({ operator, value, values = [value] }: AdHocFilter): boolean {
  return (operator === '=' && value !== '') || (operator === '=|' && values.every((one) => one !== ''));
}

/** Formats a label's name, in quotes if it isn't an identifier. */
export function labelName(name: string): string {
  return isIdentifier(name) ? name : quote(name);
}

/** Reports whether a label name can be written without quotes in PromQL. */
export function isIdentifier(name: string): boolean {
  return /^[a-zA-Z_]\w*$/.test(name);
}

function quote(text: string): string {
  return `"${escapeString(text, '"')}"`;
}
