import { VARIABLE } from './variableReference';

/**
 * The kinds of tokens. A `literal` is a string with its quotes. A literal without a closing quote ends at the end of
 * the line or of the text. An `operator` compares a label with a value. `other` is any other single character.
 */
export type TokenKind = 'literal' | 'comment' | 'variable' | 'space' | 'word' | 'operator' | 'other';

export interface Token {
  kind: TokenKind;
  text: string;
  /** The index in the expression at which the token begins. */
  index: number;
}

/**
 * Whether a string in single or double quotes can contain line breaks. In MetricsQL it can. In PromQL it can't, and a
 * string without a closing quote ends at the end of the line.
 */
export type Strings = 'singleLine' | 'multiLine';

// Each pattern reads a character once, so that the time is linear in the length of the text.
const LITERALS: Record<Strings, RegExp> = {
  singleLine: /"[^"\\\n]*(?:\\[^][^"\\\n]*)*"?|'[^'\\\n]*(?:\\[^][^'\\\n]*)*'?|`[^`]*`?/,
  multiLine: /"[^"\\]*(?:\\[^][^"\\]*)*"?|'[^'\\]*(?:\\[^][^'\\]*)*'?|`[^`]*`?/,
};

const CLOSED_LITERAL = /^(?:"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|`[^`]*`)$/;

function pattern(strings: Strings): RegExp {
  const kinds: Array<[TokenKind, string]> = [
    ['literal', LITERALS[strings].source],
    ['comment', /#[^\r\n]*/.source],
    ['variable', VARIABLE.source],
    ['space', /\s+/.source],
    ['word', /[a-zA-Z_:][\w:]*/.source],
    ['operator', /[=!]~|!=|=/.source],
    ['other', /[^]/.source],
  ];
  return new RegExp(kinds.map(([kind, source]) => `(?<${kind}>${source})`).join('|'), 'g');
}

const PATTERNS: Record<Strings, RegExp> = { singleLine: pattern('singleLine'), multiLine: pattern('multiLine') };

/**
 * Splits an expression into tokens. Their concatenated texts are the expression.
 *
 * The code editor parses PromQL with the grammar of @prometheus-io/lezer-promql. All other code of the frontend uses
 * this scanner, because the grammar can't parse:
 * - expressions with dashboard variables (a variable can be an operator, a function or several matchers),
 * - MetricsQL and functions that the grammar doesn't define,
 * - incomplete expressions.
 * The scanner also keeps the grammar out of module.js, which every dashboard loads.
 */
export function tokenize(expr: string, strings: Strings = 'multiLine'): Token[] {
  return [...expr.matchAll(PATTERNS[strings])].map(({ 0: text, index, groups = {} }) => {
    const [kind] = Object.entries(groups).find(([, group]) => group !== undefined) as [TokenKind, string];
    return { kind, text, index };
  });
}

/** Reports whether a literal has its closing quote. */
export function isClosedLiteral(token: Token | undefined): boolean {
  return token?.kind === 'literal' && CLOSED_LITERAL.test(token.text);
}

/** Concatenates tokens. */
export function textOf(tokens: Token[]): string {
  return tokens.map(({ text }) => text).join('');
}
