import { MACROS } from '../shared/macros';

/** What a variable is read as where PromQL takes a metric's name as well as a number. */
export type Reading = 'name' | 'number';

export interface StandIns {
  /** PromQL of the same length, in which everything but the variables stands where it stood. */
  text: string;
  /** False where a variable stands for what its place does not tell, such as an operator or a function. */
  isCertain: boolean;
}

interface Variable {
  name: string;
  written: string;
  before: string;
  after: string;
  /** The brackets that are open around it. */
  brackets: string[];
}

// A literal or a comment, a variable, a bracket. Strings that are still being written end with their line.
const TOKEN =
  /("(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`[^`]*`|#[^\n]*)|(\$(?:(\w+)|\{(\w+)[^{}\n]*\}))|([()[\]{}])/gs;

/** Puts PromQL in the place of variables and macros, so that what has them can be parsed. */
export function standIns(written: string, reading: Reading = 'name'): StandIns {
  const brackets: string[] = [];
  let text = '';
  let end = 0;
  let isCertain = true;
  for (const token of written.matchAll(TOKEN)) {
    const [whole, , variable, plain, braced, bracket] = token;
    if (bracket) {
      openOrClose(brackets, bracket);
    }
    if (!variable) {
      continue;
    }
    const before = written.slice(0, token.index);
    const after = written.slice(token.index + whole.length);
    const standIn = standInFor({ name: plain ?? braced, written: whole, before, after, brackets }, reading);
    isCertain &&= standIn !== undefined;
    text += written.slice(end, token.index) + (standIn ?? nameOf(whole.length));
    end = token.index + whole.length;
  }
  return { text: text + written.slice(end), isCertain };
}

/** Puts spaces in the place of comments. */
export function withoutComments(written: string): string {
  return written.replace(TOKEN, (token) => (token.startsWith('#') ? ' '.repeat(token.length) : token));
}

function openOrClose(brackets: string[], bracket: string) {
  if ('([{'.includes(bracket)) {
    brackets.push(bracket);
  } else {
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

// What can be the left side of an operator, and what the right one: with a space where the operator is a word.
const AFTER_OPERAND = /(?:[)\]}"'`]\s*|\w\s+)$/;
const BEFORE_OPERAND = new RegExp(`^(?:\\s*\\(|\\s+(?!(?:${KEYWORD})\\b)[\\w:$+\\-."'{])`, 'i');
const AFTER_KEYWORD = new RegExp(`\\b(?:${KEYWORD})\\s*(?:\\([^()]*\\)\\s*)?$`, 'i');

/** PromQL of a variable's length; undefined where it can't be known what the variable stands for. */
function standInFor({ name, written: { length }, before, after, brackets }: Variable, reading: Reading) {
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

/** A matcher that a series has to have a label for. */
function matcherOf(length: number): string | undefined {
  const value = length - 'x=""'.length;
  return value > 0 ? `x="${'x'.repeat(value)}"` : undefined;
}
