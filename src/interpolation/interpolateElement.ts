import { ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { escapeRegex } from '../shared/promql';
import { parseReference, VARIABLE } from '../shared/variableReference';
import { interpolateText } from './interpolateText';
import {
  alternation,
  asPattern,
  customAllValue,
  FormattedVariable,
  isAll,
  MACROS_AS_WRITTEN,
  offeredValues,
} from './variableValues';

/** A reference to a variable in a text. */
export interface Reference {
  text: string;
  index: number;
}

export function referencesIn(element: string): Reference[] {
  return [...element.matchAll(VARIABLE)].map(({ 0: text, index }) => ({ text, index }));
}

/** Replaces the references in a text with one function, and the text between them with another. */
export function replaceParts<One extends Reference>(
  element: string,
  references: One[],
  replaceText: (text: string) => string,
  replaceReference: (reference: One) => string
): string {
  let end = 0;
  const parts = references.map((reference) => {
    const before = element.slice(end, reference.index);
    end = reference.index + reference.text.length;
    return replaceText(before) + replaceReference(reference);
  });
  return parts.join('') + replaceText(element.slice(end));
}

/** A reference with the values of its variable. */
interface FilledReference extends Reference {
  /**
   * All options of the variable if `all` is true. Otherwise the values of the variable, or only the text that Grafana
   * returns if the values aren't available, as for `${name:csv}`.
   */
  values: string[];
  /** The values as regular expressions. */
  patterns: string[];
  /** Whether the variable is set to All, and `values` contains its options. */
  all?: boolean;
  /**
   * The variable's custom value for All, a regular expression. Undefined if this value doesn't replace the reference,
   * for example because the variable is not set to All.
   */
  allValue?: string;
}

/** The result of replacing the variables in one element of a list. */
export interface FilledElement {
  /**
   * The texts that replace the element. If the element is exactly one variable, and the variable is set to All, the
   * texts are the variable's options as plain text. Otherwise, they are regular expressions if the element is a regular
   * expression (`pattern`), and plain text if it isn't. If a variable in the element has no value, there are no texts.
   */
  values: string[];
  /** Whether the element is exactly one variable, and the variable is set to All. */
  all?: boolean;
  /**
   * The element as a regular expression, if a variable in it is set to All and has a custom value for All. Undefined if
   * - the element is exactly one variable and the custom value is `.*`, which matches everything;
   * - another variable in the element has no value;
   * - the element is a `pattern` that isn't exactly one variable. The `values` of such an element are regular
   *   expressions that contain the custom value.
   */
  allPattern?: string;
}

/**
 * Replaces the variables in one element of a list. The element is plain text (`data`) or a regular expression
 * (`pattern`).
 */
export function interpolateElement(
  element: string,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars,
  kind: 'data' | 'pattern'
): FilledElement {
  const references = referencesIn(element).map((reference) => fillReference(reference, templateSrv, scopedVars));
  const [first] = references;
  if (first?.text === element) {
    const { values, patterns, all, allValue } = first;
    const allPattern = allValue === '.*' ? undefined : allValue;
    return { values: kind === 'pattern' && !all ? patterns : values, all, allPattern };
  }
  if (references.some(({ values, allValue }) => allValue === undefined && values.length === 0)) {
    return { values: [] };
  }
  if (kind === 'pattern') {
    const asWritten = (text: string) => text;
    return {
      values: [replaceParts(element, references, asWritten, (one) => patternOf(one, one.patterns))],
    };
  }
  const allPattern = references.some(({ allValue }) => allValue !== undefined)
    ? replaceParts(element, references, escapeRegex, (one) => patternOf(one, one.values.map(escapeRegex)))
    : undefined;
  return {
    values: combinations(element, references) ?? [interpolateText(element, templateSrv, scopedVars)],
    allPattern,
  };
}

function patternOf({ allValue }: FilledReference, patterns: string[]): string {
  if (allValue !== undefined) {
    return /\||^\(\?/.test(allValue) ? `(${allValue})` : allValue;
  }
  return alternation(patterns);
}

function fillReference(reference: Reference, templateSrv: TemplateSrv, scopedVars: ScopedVars): FilledReference {
  // A variable's values are available as a list only in a format function. Grafana calls the function neither for a
  // custom value for All nor for a reference with a format.
  let formatted: { value: unknown; variable?: FormattedVariable } | undefined;
  const scoped = { ...scopedVars, ...MACROS_AS_WRITTEN };
  const text = templateSrv.replace(reference.text, scoped, (value: unknown, variable?: FormattedVariable) => {
    formatted = { value, variable };
    return '';
  });
  const { name, format } = parseReference(reference.text);
  // In a repeated panel, scopedVars contains one value, even if the dashboard's variable is set to All.
  const isAtAll = !(name in scopedVars) && isAll(name, templateSrv);
  if (formatted === undefined) {
    const isAllValue = format === undefined || text === templateSrv.replace(customAllValue(name, templateSrv), scoped);
    return isAtAll && isAllValue
      ? { ...reference, values: offeredValues(name, templateSrv), patterns: [text], all: true, allValue: text }
      : { ...reference, values: [text], patterns: [text] };
  }
  const { value, variable } = formatted;
  const values = [value].flat().map(String);
  return {
    ...reference,
    values,
    patterns: values.map((one) => asPattern(one, Array.isArray(value) ? { ...variable, multi: true } : variable)),
    all: Array.isArray(value) && isAtAll,
  };
}

/**
 * The maximum number of texts that `combinations` returns. It returns a text for each combination of the values of the
 * variables in an element.
 */
const MAX_TEXTS = 1000;

/**
 * Returns a text for each combination of the variables' values: `eu-$zone` becomes `eu-1` and `eu-2`. Returns undefined
 * if there are more than MAX_TEXTS combinations.
 */
function combinations(element: string, references: FilledReference[]): string[] | undefined {
  let texts = [''];
  let end = 0;
  for (const { text, index, values } of references) {
    if (texts.length * values.length > MAX_TEXTS) {
      return undefined;
    }
    const before = element.slice(end, index);
    texts = texts.flatMap((start) => values.map((value) => start + before + value));
    end = index + text.length;
  }
  return texts.map((start) => start + element.slice(end));
}
