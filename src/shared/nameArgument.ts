import { unescapeName } from './escapedName';
import { escapeString, unquote } from './promql';
import { isClosedLiteral, textOf, tokenize } from './promqlTokens';

/** Matches a name that needs no quotes as an argument. The name can contain variables. */
const BARE_NAME = /^(?:\$\{[^{}]+\}|\[\[[^[\]]+\]\]|[^\s(){}[\]=<>!~"'`,]| +(?! |$))+$/;

export interface Arguments {
  /** The text before the last argument. */
  selector?: string;
  /** The name of a label or parameter. */
  name?: string;
}

/**
 * Splits the arguments of a function such as `label_values(selector, name)`. The last argument is the name. In quotes,
 * it can be any text. Without quotes, it can contain a quote, such as `it's`. Returns an empty object if the last
 * argument is not a name.
 */
export function parseArguments(text: string): Arguments {
  const tokens = tokenize(text.trim());
  const comma = tokens.map((token) => token.text).lastIndexOf(',');
  const selector = comma < 0 ? undefined : textOf(tokens.slice(0, comma));
  const [literal, ...others] = tokens.slice(comma + 1).filter(({ kind }) => kind !== 'space');
  const name = textOf(tokens.slice(comma + 1)).trim();
  if (isClosedLiteral(literal) && others.length === 0) {
    return { selector, name: unquote(name) ?? name.slice(1, -1) };
  }
  if (BARE_NAME.test(name)) {
    return { selector, name: unescapeName(name) };
  }
  return /^[^"'`]/.test(name) && BARE_NAME.test(name.replace(/["'`]/g, '')) ? { selector, name } : {};
}

/**
 * Formats a name as an argument that parseArguments can parse. The result is empty for an incomplete query, which has
 * no name.
 */
export function nameArgument(name = ''): string {
  const isBare = BARE_NAME.test(name) && unescapeName(name) === name;
  return isBare || name === '' ? name : `"${escapeString(name, '"')}"`;
}
