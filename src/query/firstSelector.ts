import { textOf, Token, tokenize } from '../shared/promqlTokens';
import { parseSelector, Selector } from '../shared/selector';

const GROUPING = /^(by|without|on|ignoring|group_left|group_right)$/i;
const KEYWORD = /^(and|or|unless|atan2|bool|offset|inf|nan)$/i;

/**
 * Returns the first selector of an expression, or undefined if there is none or if it contains more than a name and
 * matchers. Variables in it stay as they are written. It also reads expressions that the grammar of PromQL can't parse,
 * such as MetricsQL.
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

/** Returns the tokens of a name, which can contain variables. A word after a digit is a part of a number. */
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

/** Returns the tokens from an opening brace to the next closing brace, which is not after `lastBrace`. */
function readBraces(tokens: Token[], at: number, lastBrace: number): Token[] {
  if (tokens[at]?.text !== '{' || at > lastBrace) {
    return [];
  }
  return tokens.slice(at, indexAfter(tokens, at, '}'));
}

/** Returns the index after the next closing bracket. */
function indexAfter(tokens: Token[], at: number, bracket: ')' | ']' | '}'): number {
  const length = tokens.slice(at).findIndex(({ text }) => text === bracket) + 1;
  return length > 0 ? at + length : tokens.length;
}

/** Reports whether a name is that of a metric. A variable alone is one only if matchers or a range follow. */
function isSelector(name: Token[], next: string | undefined): boolean {
  if (name.every(({ kind }) => kind === 'variable')) {
    return next === '{' || next === '[';
  }
  return next !== '(' && !KEYWORD.test(textOf(name)) && !GROUPING.test(next ?? '');
}
