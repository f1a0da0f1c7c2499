import { ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import {
  allValueOf,
  asPattern,
  FormattedVariable,
  MACROS_AS_WRITTEN,
  offeredBy,
  parseReference,
  VARIABLE,
} from './interpolateParams';
import { escapeString, labelName } from '../shared/promql';

/**
 * Where a variable is in PromQL. Only a `pattern`, a literal that holds a regular expression, escapes values for one. A
 * `template` is a replacement in which `$1` refers to a group; `names` is a list of label names.
 */
type Place = 'code' | 'names' | 'comment' | 'text' | 'pattern' | 'template';

const GROUPINGS = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'];

/** Arguments of PromQL's and MetricsQL's functions, counted from 1, whose literals aren't plain text. */
const ARGUMENTS: Record<string, Record<number, Place>> = {
  label_replace: { 3: 'template', 5: 'pattern' },
  label_transform: { 3: 'pattern', 4: 'template' },
  label_match: { 3: 'pattern' },
  label_mismatch: { 3: 'pattern' },
};

// Each reads a character once: a literal that isn't closed ends with the text.
const LITERAL = /"[^"\\]*(?:\\[^][^"\\]*)*"?|'[^'\\]*(?:\\[^][^'\\]*)*'?|`[^`]*`?/;
const TOKEN = new RegExp(
  [
    `(?<literal>${LITERAL.source})`,
    /(?<comment>#[^\r\n]*)/.source,
    `(?<variable>${VARIABLE.source})`,
    /(?<space>\s+)|(?<word>[a-zA-Z_:][\w:]*)|(?<match>=~|!~)|[^]/.source,
  ].join('|'),
  'g'
);

/** An open bracket: what it is, the word before it, in lower case, and which of its arguments is being read. */
interface Bracket {
  text: string;
  word: string;
  argument: number;
}

/**
 * Fills variables into PromQL. A variable that takes several values, or All, becomes an alternation in a regular
 * expression, in which its values mean themselves, and a list between commas elsewhere; one of a single value is that
 * text. Inside a string literal values are escaped for its kind of quotes, so that they can't end it. Macros stay for the
 * backend.
 */
export function interpolateExpr(expr: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  if (expr.search(VARIABLE) < 0) {
    return expr;
  }
  const fill = (text: string, place: Place, quote = '') =>
    text.replace(VARIABLE, (reference) => fillVariable(reference, place, quote, templateSrv, scopedVars));
  const isOperator = (reference: string) => /[=!]~\s*$/.test(fill(reference, 'code'));
  const filled = tokens(expr, isOperator).map((token) => {
    const { text, place } = token;
    switch (place) {
      case undefined:
        return { ...token, filled: text };
      case 'code':
      case 'names':
      case 'comment':
        return { ...token, filled: fill(text, place) };
      default:
        return { ...token, filled: closable(fill(text, place, text[0]), text) };
    }
  });
  return withoutEmptyElements(filled)
    .map((token) => token.filled)
    .join('');
}

/**
 * An expression without the commas that belong to empty elements of a list, such as a variable without a value. PromQL
 * takes no comma in front of a list of names or matchers, nor two in a row.
 */
function withoutEmptyElements(all: FilledToken[]): FilledToken[] {
  const kept: FilledToken[] = [];
  let last = -1; // among those kept, what isn't blank
  let isAfterEmpty = false;
  for (const token of all) {
    const before = kept[last]?.text ?? '';
    if (token.isBlank) {
      kept.push(token);
      continue;
    }
    if (token.isElement && token.filled === '' && /^[({,]$/.test(before)) {
      isAfterEmpty = true;
      continue;
    }
    if (isAfterEmpty && token.text === ',') {
      isAfterEmpty = false;
      continue;
    }
    if (isAfterEmpty && /^[)}]$/.test(token.text) && before === ',') {
      kept.splice(last, 1);
    }
    isAfterEmpty = false;
    last = kept.push(token) - 1;
  }
  return kept;
}

/** A part of an expression. */
interface Token {
  text: string;
  /** Of one that can have variables in it. */
  place?: Place;
  /** A space or a comment. */
  isBlank?: boolean;
  /** A variable in a list of names or matchers. */
  isElement?: boolean;
}

interface FilledToken extends Token {
  filled: string;
}

/**
 * The parts of an expression. Those that can have variables in them come with their place. `isOperator` reports whether a
 * variable stands for an operator of regular expressions.
 */
function tokens(expr: string, isOperator: (reference: string) => boolean): Token[] {
  const open: Bracket[] = [];
  let word = '';
  let isPattern = false;
  let previous: Place | undefined;
  return [...expr.matchAll(TOKEN)].map(({ 0: text, groups = {} }) => {
    if (groups.space) {
      return { text, isBlank: true };
    }
    if (groups.comment) {
      return { text, place: 'comment', isBlank: true };
    }
    const place = placeOf(groups, open.at(-1), isPattern);
    const isElement = place === 'names' || (place === 'code' && open.at(-1)?.text === '{');
    follow(open, text, word);
    word = (groups.word ?? '').toLowerCase();
    // MetricsQL joins literals with a +.
    const isJoined = text === '+' && previous === 'pattern';
    isPattern = isJoined || Boolean(groups.match) || (groups.variable !== undefined && isOperator(text));
    previous = place;
    return { text, place, isElement };
  });
}

function placeOf(token: Partial<Record<string, string>>, open: Bracket | undefined, isPattern: boolean) {
  if (token.variable) {
    return open && GROUPINGS.includes(open.word) ? 'names' : 'code';
  }
  if (token.literal) {
    return isPattern ? 'pattern' : (ARGUMENTS[open?.word ?? '']?.[open?.argument ?? 0] ?? 'text');
  }
  return undefined;
}

function follow(open: Bracket[], text: string, word: string) {
  const innermost = open.at(-1);
  if ('([{'.includes(text)) {
    open.push({ text, word: text === '(' ? word : '', argument: 1 });
  } else if (')]}'.includes(text)) {
    open.pop();
  } else if (text === ',' && innermost) {
    innermost.argument++;
  }
}

/** Backquotes know no escape: a literal in which a value has one is written in double quotes. */
function closable(filled: string, written: string): string {
  const isClosed = written.length > 1 && written.endsWith('`');
  const inner = filled.slice(1, -1);
  return written[0] === '`' && isClosed && inner.includes('`') ? `"${escapeString(inner, '"')}"` : filled;
}

/** A list of labels' names as PromQL takes it. */
const NAMES = new RegExp(`^\\s*(?:(?:[a-zA-Z_]\\w*|${LITERAL.source})\\s*(?:,\\s*|$))*$`);

function fillVariable(
  reference: string,
  place: Place,
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
      return escapeString(written(value, place, variable), quote);
    }
  );
  if (isFormatted || text === reference) {
    return text;
  }
  const allValue = name in scopedVars ? undefined : allValueOf(name, templateSrv);
  if (allValue !== undefined) {
    const isEverything = allValue === '.*' || allValue === '.+';
    const isMisfit = place === 'names' ? !NAMES.test(text) : place === 'code' && isEverything;
    return isMisfit ? written(offeredBy(name, templateSrv), place) : text;
  }
  if (place === 'comment') {
    return onOneLine(text);
  }
  // In a format that the author has chosen, of which `raw` is the one that asks for no escapes.
  return format && format !== 'raw' ? escapeString(text, quote) : text;
}

function written(value: unknown, place: Place, variable: FormattedVariable = {}): string {
  if (place === 'pattern') {
    return asPattern(value, variable);
  }
  const meansItself = Array.isArray(value) || variable.multi || variable.includeAll;
  const values = [value].flat().map(String);
  switch (place) {
    case 'comment':
      return onOneLine(values.join(','));
    case 'names':
      return (meansItself ? values.map(nameIn) : values).join(',');
    case 'template':
      return (meansItself ? values.map((one) => one.replace(/\$/g, '$$$$')) : values).join(',');
    default:
      return values.join(',');
  }
}

/** Either character ends a comment. */
function onOneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}

/** A value can also be several names between commas, or one in quotes. */
function nameIn(value: string): string {
  return /[,"'`]/.test(value) ? value : labelName(value);
}
