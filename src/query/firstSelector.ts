import { textOf, Token, tokenize } from '../shared/promqlTokens';
import { parseSelector, Selector } from '../shared/selector';

const GROUPING = /^(by|without|on|ignoring|group_left|group_right)$/i;
const KEYWORD = /^(and|or|unless|atan2|bool|offset|inf|nan)$/i;

/**
 * Returns the first selector of an expression. Returns undefined if the expression has no selector, or if the first one
 * contains more than a name and matchers. Variables stay as they are written. The expression can be one that the
 * grammar of PromQL can't parse, such as MetricsQL.
 */
export function firstSelector(expr: string): Selector | undefined {
  const tokens = tokenize(expr).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
  const lastBrace = tokens.map(({ text }) => text).lastIndexOf('}');
  let at = 0;
  while (at < tokens.length) {
    const name = readName(tokens, at);
    const end = at + Math.max(name.length, 1);
    const next = tokens[end]?.text;
    if (name.length === 0) {
      const braces = readBraces(tokens, at, lastBrace);
      if (braces.length > 0) {
        return parseSelector(textOf(braces));
      }
      at = tokens[at].text === '[' ? indexAfter(tokens, at, ']') : end;
    } else if (GROUPING.test(textOf(name))) {
      at = next === '(' ? indexAfter(tokens, end, ')') : end;
    } else if (isSelector(name, next)) {
      return parseSelector(textOf([...name, ...readBraces(tokens, end, lastBrace)]));
    } else {
      at = end;
    }
  }
  return undefined;
}

/**
 * Returns the tokens of the name at an index. The name can contain variables. Returns no tokens for a word directly
 * after a digit, such as the unit in `5m`.
 */
function readName(tokens: Token[], at: number): Token[] {
  const isPart = ({ kind }: Token) => kind === 'word' || kind === 'variable';
  const isAdjacent = (token: Token, before: Token) => token.index === before.index + before.text.length;
  const before = tokens[at - 1];
  if (before && /\d$/.test(before.text) && isAdjacent(tokens[at], before)) {
    return [];
  }
  let end = at;
  while (end < tokens.length && isPart(tokens[end]) && (end === at || isAdjacent(tokens[end], tokens[end - 1]))) {
    end++;
  }
  return tokens.slice(at, end);
}

/**
 * Returns the tokens from the opening brace at an index to the next closing brace, or no tokens if one of the braces is
 * missing. `lastBrace` is the index of the last closing brace of the expression.
 */
function readBraces(tokens: Token[], at: number, lastBrace: number): Token[] {
  if (tokens[at]?.text !== '{' || at > lastBrace) {
    return [];
  }
  return tokens.slice(at, indexAfter(tokens, at, '}'));
}

/** Returns the index after the next closing bracket, or the number of tokens if there is no such bracket. */
function indexAfter(tokens: Token[], at: number, bracket: ')' | ']' | '}'): number {
  const length = tokens.slice(at).findIndex(({ text }) => text === bracket) + 1;
  return length > 0 ? at + length : tokens.length;
}

/**
 * Reports whether a name is the name of a metric. A name that consists only of variables counts as a metric only if
 * matchers or a range follow.
 */
function isSelector(name: Token[], next: string | undefined): boolean {
  if (name.every(({ kind }) => kind === 'variable')) {
    return next === '{' || next === '[';
  }
  return next !== '(' && !KEYWORD.test(textOf(name)) && !GROUPING.test(next ?? '');
}
