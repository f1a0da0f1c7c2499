import { AdHocFilter } from './types';

/** Makes a text mean itself inside a regular expression. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Makes a text mean itself between quotes of a kind. Backquotes know no escape. PromQL takes U+FFFD for an invalid byte. */
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
 * Returns the text of a string literal. A name without quotes is returned as it is. Returns undefined for rare escape
 * sequences, such as `\\x41`.
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
 * The selector of all series that ad-hoc filters let through; undefined where they name none. A filter whose operator
 * Prometheus doesn't have is left out: the selector lets more through then, never less.
 */
export function filterSelector(filters: AdHocFilter[]): string | undefined {
  const matchers = filters.flatMap(filterMatcher);
  if (matchers.length === 0) {
    return undefined;
  }
  // Prometheus refuses a selector that a series without labels would satisfy.
  const names = filters.some(needsLabel) ? matchers : ['__name__!=""', ...matchers];
  return `{${names.join(',')}}`;
}

function filterMatcher({ key, operator, value, values = [value] }: AdHocFilter): string[] {
  const anyOf = values.map(escapeRegex).join('|');
  switch (operator) {
    case '=':
    case '!=':
    case '=~':
    case '!~':
      return [labelName(key) + operator + quoted(value)];
    case '=|':
      return [`${labelName(key)}=~${quoted(anyOf)}`];
    case '!=|':
      return [`${labelName(key)}!~${quoted(anyOf)}`];
    default:
      return [];
  }
}

/** Whether no series without the label gets through, for sure. */
function needsLabel({ operator, value, values = [value] }: AdHocFilter): boolean {
  return (operator === '=' && value !== '') || (operator === '=|' && values.every((one) => one !== ''));
}

/** Writes a label's name: in quotes where it isn't an identifier. */
export function labelName(name: string): string {
  return isIdentifier(name) ? name : quoted(name);
}

/** Whether PromQL takes a name without quotes wherever there can be one. */
export function isIdentifier(name: string): boolean {
  return /^[a-zA-Z_]\w*$/.test(name);
}

function quoted(text: string): string {
  return `"${escapeString(text, '"')}"`;
}
