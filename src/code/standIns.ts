import { MACROS } from '../shared/macros';
import { tokenize } from '../shared/promqlTokens';
import { parseReference } from '../shared/variableReference';

/** How a variable is parsed in a position that allows both a metric name and a number. */
export type Reading = 'name' | 'number';

export interface StandIns {
  /** The expression with its variables replaced. All other text keeps its position. */
  text: string;
  /**
   * Whether each variable is replaced with text of the right kind. It is false if a variable may be an operator or a
   * function. It is also false if a variable stands for matchers, but is too short for one: `$f` has two characters,
   * and the shortest stand-in for a matcher, `x="x"`, has five. Such variables are replaced with names.
   */
  isCertain: boolean;
}

interface Variable {
  name: string;
  length: number;
  before: string;
  after: string;
  /** The brackets that are open around the variable. */
  brackets: string[];
}

/** Replaces each variable and macro with a stand-in: PromQL of the same length that the grammar can parse. */
export function standIns(written: string, reading: Reading = 'name'): StandIns {
  const brackets: string[] = [];
  let text = '';
  let isCertain = true;
  for (const token of tokenize(written, 'singleLine')) {
    const { length } = token.text;
    if (token.kind !== 'variable') {
      trackBracket(brackets, token.text);
      text += token.text;
      continue;
    }
    const before = written.slice(0, token.index);
    const after = written.slice(token.index + length);
    const { name } = parseReference(token.text);
    const standIn = standInFor({ name, length, before, after, brackets }, reading);
    isCertain &&= standIn !== undefined;
    text += standIn ?? nameOf(length);
  }
  return { text, isCertain };
}

/** Replaces comments by spaces. */
export function withoutComments(written: string): string {
  return tokenize(written, 'singleLine')
    .map(({ kind, text }) => (kind === 'comment' ? ' '.repeat(text.length) : text))
    .join('');
}

function trackBracket(brackets: string[], token: string) {
  if (token === '(' || token === '[' || token === '{') {
    brackets.push(token);
  } else if (token === ')' || token === ']' || token === '}') {
    brackets.pop();
  }
}

const KEYWORD = 'and|or|unless|atan2|bool|by|without|on|ignoring|group_left|group_right|offset';

const AFTER_OFFSET = /\boffset\s*[-+]?\s*$/i;
const AFTER_MATCH_OPERATOR = /(?:=~?|!=|!~)\s*$/;
const BEFORE_MATCH_OPERATOR = /^\s*(?:=|!)/;
const BEFORE_CALL = /^\s*(?:\(|(?:by|without)\b)/i;
const AFTER_WORD = /\w$/;
const BEFORE_WORD = /^\w/;

// The text before and after a variable that may be an operator. Spaces must separate the variable from adjacent words.
const AFTER_OPERAND = /(?:[)\]}"'`]\s*|\w\s+)$/;
const BEFORE_OPERAND = new RegExp(`^(?:\\s*\\(|\\s+(?!(?:${KEYWORD})\\b)[\\w:$+\\-."'{])`, 'i');
const AFTER_KEYWORD = new RegExp(`\\b(?:${KEYWORD})\\s*(?:\\([^()]*\\)\\s*)?$`, 'i');

/**
 * Returns the stand-in for a variable. Returns undefined if the variable may be an operator or a function, or if it
 * stands for matchers and is too short for one.
 */
function standInFor({ name, length, before, after, brackets }: Variable, reading: Reading): string | undefined {
  const innermost = brackets.at(-1);
  if (innermost === '[' || AFTER_OFFSET.test(before) || MACROS.some((macro) => macro.name === name)) {
    return numberOf(length);
  }
  if (AFTER_WORD.test(before) || BEFORE_WORD.test(after)) {
    return nameOf(length);
  }
  if (innermost === '{') {
    if (AFTER_MATCH_OPERATOR.test(before)) {
      return `"${'x'.repeat(length - 2)}"`;
    }
    return BEFORE_MATCH_OPERATOR.test(after) ? nameOf(length) : matcherOf(length);
  }
  const isOperator = AFTER_OPERAND.test(before) && !AFTER_KEYWORD.test(before) && BEFORE_OPERAND.test(after);
  if (isOperator || BEFORE_CALL.test(after)) {
    return undefined;
  }
  return reading === 'name' ? nameOf(length) : numberOf(length);
}

function numberOf(length: number): string {
  return '1'.repeat(length);
}

function nameOf(length: number): string {
  return 'x'.repeat(length);
}

/** Returns a matcher of the given length, or undefined if the length is too short for a matcher. */
function matcherOf(length: number): string | undefined {
  const value = length - 'x=""'.length;
  return value > 0 ? `x="${'x'.repeat(value)}"` : undefined;
}
