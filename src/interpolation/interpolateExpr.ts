import { ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { escapeString, isIdentifier, labelName } from '../shared/promql';
import { isClosedLiteral, Token, tokenize } from '../shared/promqlTokens';
import { parseReference, VARIABLE } from '../shared/variableReference';
import { asPattern, customAllValue, FormattedVariable, MACROS_AS_WRITTEN, offeredValues } from './variableValues';

/**
 * The position of a variable in PromQL:
 * - `text`: in a string literal that is plain text;
 * - `pattern`: in a string literal that is a regular expression;
 * - `template`: in a string literal that replaces a match of a regular expression, and in which `$1` refers to a group;
 * - `names`: in a list of label names;
 * - `comment`: in a comment;
 * - `code`: anywhere else.
 */
type Position = 'code' | 'names' | 'comment' | 'text' | 'pattern' | 'template';

const GROUPINGS = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'];

/**
 * Maps functions to their string arguments that are regular expressions or templates. The key of an argument is its
 * number, counted from 1. label_replace is a function of PromQL. The others are functions of MetricsQL.
 */
const ARGUMENTS: Record<string, Record<number, Position>> = {
  label_replace: { 3: 'template', 5: 'pattern' },
  label_transform: { 3: 'pattern', 4: 'template' },
  label_match: { 3: 'pattern' },
  label_mismatch: { 3: 'pattern' },
};

/**
 * Replaces variables in PromQL. Macros are kept for the backend.
 * - A variable that has several values or is set to All becomes an alternation of escaped values in a regular
 *   expression, and a comma-separated list elsewhere.
 * - The value of a variable that allows only one value is inserted as it is, but without line breaks in a comment. The
 *   values of other variables are escaped or quoted where their position requires it.
 * - In a string literal, values are also escaped for the quotes of the literal, so that a value can't end the literal.
 * - A custom value for All is inserted as it is, except where it would be invalid: there, the variable's options are
 *   listed.
 * - If a reference contains a format, as in `${name:csv}`, Grafana formats the values. `raw` adds no escapes.
 */
export function interpolateExpr(expr: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  if (expr.search(VARIABLE) < 0) {
    return expr;
  }
  const fill = (text: string, position: Position, quote = '') =>
    text.replace(VARIABLE, (reference) => fillVariable(reference, position, quote, templateSrv, scopedVars));
  const isPatternOperator = (reference: string) => /[=!]~\s*$/.test(fill(reference, 'code'));
  const filled = locateVariables(tokenize(expr), isPatternOperator).map((part) => {
    const { text, position } = part;
    switch (position) {
      case undefined:
        return { ...part, filled: text };
      case 'code':
      case 'names':
      case 'comment':
        return { ...part, filled: fill(text, position) };
      default:
        return { ...part, filled: closeable(fill(text, position, text[0]), text) };
    }
  });
  return withoutEmptyElements(filled)
    .map((part) => part.filled)
    .join('');
}

/** A token of the expression, with the position of the variables in it. */
interface Part {
  text: string;
  /** Undefined if the token can't contain variables. */
  position?: Position;
  /** Whether the token is a space or a comment. */
  isBlank?: boolean;
  /** Whether the token is a variable in a list of names or matchers. */
  isElement?: boolean;
}

interface FilledPart extends Part {
  filled: string;
}

/**
 * Removes empty elements from lists, together with their commas. A variable without a value is an empty element. In a
 * list of names or matchers, PromQL allows neither a comma at the beginning nor two commas in a row.
 */
function withoutEmptyElements(parts: FilledPart[]): FilledPart[] {
  const kept: FilledPart[] = [];
  let last = -1; // The index of the last kept part that isn't blank.
  let isAfterEmpty = false;
  for (const part of parts) {
    const before = kept[last]?.text ?? '';
    if (part.isBlank) {
      kept.push(part);
      continue;
    }
    if (part.isElement && part.filled === '' && /^[({,]$/.test(before)) {
      isAfterEmpty = true;
      continue;
    }
    if (isAfterEmpty && part.text === ',') {
      isAfterEmpty = false;
      continue;
    }
    if (isAfterEmpty && /^[)}]$/.test(part.text) && before === ',') {
      kept.splice(last, 1);
    }
    isAfterEmpty = false;
    last = kept.push(part) - 1;
  }
  return kept;
}

/** An open bracket. */
interface Bracket {
  text: string;
  /** The word before a `(`, in lower case. Empty for other brackets. */
  word: string;
  /** The number of the current argument, from 1. */
  argument: number;
}

/**
 * Determines the positions of the variables. `isPatternOperator` reports whether the value of a variable is `=~` or
 * `!~`.
 */
function locateVariables(tokens: Token[], isPatternOperator: (reference: string) => boolean): Part[] {
  const open: Bracket[] = [];
  let word = '';
  let isPattern = false;
  let previous: Position | undefined;
  return tokens.map((token): Part => {
    const { kind, text } = token;
    if (kind === 'space') {
      return { text, isBlank: true };
    }
    if (kind === 'comment') {
      return { text, position: 'comment', isBlank: true };
    }
    const position = positionOf(token, open.at(-1), isPattern);
    const isElement = position === 'names' || (position === 'code' && open.at(-1)?.text === '{');
    trackBracket(open, text, word);
    word = kind === 'word' ? text.toLowerCase() : '';
    // MetricsQL concatenates strings with a +.
    const isConcatenated = text === '+' && previous === 'pattern';
    const isMatch = kind === 'operator' && text.endsWith('~');
    isPattern = isConcatenated || isMatch || (kind === 'variable' && isPatternOperator(text));
    previous = position;
    return { text, position, isElement };
  });
}

function positionOf({ kind }: Token, open: Bracket | undefined, isPattern: boolean): Position | undefined {
  if (kind === 'variable') {
    return open && GROUPINGS.includes(open.word) ? 'names' : 'code';
  }
  if (kind === 'literal') {
    return isPattern ? 'pattern' : (ARGUMENTS[open?.word ?? '']?.[open?.argument ?? 0] ?? 'text');
  }
  return undefined;
}

function trackBracket(open: Bracket[], text: string, word: string) {
  const innermost = open.at(-1);
  if (text === '(' || text === '[' || text === '{') {
    open.push({ text, word: text === '(' ? word : '', argument: 1 });
  } else if (text === ')' || text === ']' || text === '}') {
    open.pop();
  } else if (text === ',' && innermost) {
    innermost.argument++;
  }
}

/**
 * Replaces the backquotes of a string literal with double quotes if a value contains a backquote, which can't be
 * escaped.
 */
function closeable(filled: string, written: string): string {
  const isClosed = written.length > 1 && written.endsWith('`');
  const inner = filled.slice(1, -1);
  return written[0] === '`' && isClosed && inner.includes('`') ? `"${escapeString(inner, '"')}"` : filled;
}

function fillVariable(
  reference: string,
  position: Position,
  quote: string,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): string {
  const { name, format } = parseReference(reference);
  let isFormatted = false;
  const text = templateSrv.replace(
    reference,
    { ...scopedVars, ...MACROS_AS_WRITTEN },
    (value: unknown, variable?: FormattedVariable) => {
      isFormatted = true;
      return escapeString(formatValue(value, position, variable), quote);
    }
  );
  if (isFormatted || text === reference) {
    return text;
  }
  const allValue = name in scopedVars ? undefined : customAllValue(name, templateSrv);
  if (allValue !== undefined) {
    const isEverything = allValue === '.*' || allValue === '.+';
    const isMisfit = position === 'names' ? !isNameList(text) : position === 'code' && isEverything;
    return isMisfit ? formatValue(offeredValues(name, templateSrv), position) : text;
  }
  if (position === 'comment') {
    return onOneLine(text);
  }
  // Grafana has applied the format of the reference. The quotes in the result still have to be escaped for the literal,
  // except with the format `raw`, which inserts the value as it is.
  return format && format !== 'raw' ? escapeString(text, quote) : text;
}

function formatValue(value: unknown, position: Position, variable: FormattedVariable = {}): string {
  if (position === 'pattern') {
    return asPattern(value, variable);
  }
  const isEscaped = Array.isArray(value) || variable.multi || variable.includeAll;
  const values = [value].flat().map(String);
  switch (position) {
    case 'comment':
      return onOneLine(values.join(','));
    case 'names':
      return (isEscaped ? values.map(asName) : values).join(',');
    case 'template':
      return (isEscaped ? values.map((one) => one.replace(/\$/g, '$$$$')) : values).join(',');
    default:
      return values.join(',');
  }
}

/** Replaces line breaks, because `\r` and `\n` end a comment. */
function onOneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}

/**
 * Quotes a label name if it isn't an identifier. A value that is quoted already, or contains several names, stays as it
 * is.
 */
function asName(value: string): string {
  return /[,"'`]/.test(value) ? value : labelName(value);
}

/** Reports whether a text is a list of label names in PromQL. */
function isNameList(text: string): boolean {
  const tokens = tokenize(text).filter(({ kind }) => kind !== 'space');
  return tokens.every((token, index) => (index % 2 ? token.text === ',' : isName(token)));
}

function isName(token: Token): boolean {
  return isClosedLiteral(token) || isIdentifier(token.text);
}
