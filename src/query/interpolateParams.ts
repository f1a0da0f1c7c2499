import { ScopedVars, TypedVariableModel } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { MACROS } from '../shared/macros';
import { escapeRegex } from '../shared/promql';
import { isText } from '../shared/storedValues';
import { Params, ParamValue } from '../shared/types';

/** What the format function of `TemplateSrv.replace` gets of the variable whose value it formats. */
export interface FormattedVariable {
  multi?: boolean;
  includeAll?: boolean;
}

const ALL = '$__all';

// The backend fills macros in.
export const MACROS_AS_WRITTEN: ScopedVars = Object.fromEntries(
  MACROS.map(({ name }) => [name, { text: `$${name}`, value: `$${name}` }])
);

/** Fills variables into a text that is no PromQL, such as a legend. */
export function interpolateText(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return templateSrv.replace(text, { ...scopedVars, ...MACROS_AS_WRITTEN });
}

/** Fills variables into a regular expression, where they are what they are in PromQL. */
export function interpolatePattern(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return templateSrv.replace(text, { ...scopedVars, ...MACROS_AS_WRITTEN }, asPattern);
}

export function asPattern(value: unknown, variable: FormattedVariable = {}): string {
  if (!Array.isArray(value)) {
    return variable.multi || variable.includeAll ? escapeRegex(String(value)) : String(value);
  }
  const patterns = value.map((one) => escapeRegex(String(one)));
  return patterns.length === 1 ? patterns[0] : `(${patterns.join('|')})`;
}

/**
 * Fills variables into a catalog query's parameters. An element that is exactly one variable stands for all its values;
 * anything else is text with variables in it, and becomes a text for each value. Values are data: nothing is escaped
 * here, and a value that looks like a variable stays as it is. Under `=~` and `!~` elements are regular expressions, and
 * variables in them what they are in PromQL. A parameter that lets everything through comes out without values. A
 * variable at an All that the dashboard's author has written, such as `eu-.*`, is that regular expression, and makes one
 * of the text around it.
 */
export function interpolateParams(
  params: Params | null | undefined,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): Params {
  return Object.fromEntries(
    Object.entries(params ?? {}).map(([name, param]) => [name, interpolateParam(param, templateSrv, scopedVars)])
  );
}

function interpolateParam(param: ParamValue, templateSrv: TemplateSrv, scopedVars: ScopedVars): ParamValue {
  if (!paramTexts(param)) {
    return param; // The backend says what is wrong with it.
  }
  const op = isWithOperator(param) ? param.op : '=';
  const takesPatterns = op === '=~' || op === '!~';
  const elements = paramValues(param).map((element) =>
    interpolateElement(element, templateSrv, scopedVars, takesPatterns ? 'pattern' : 'data')
  );
  if (elements.some(isEverything)) {
    return isWithOperator(param) ? { ...param, values: [] } : [];
  }
  if (takesPatterns || elements.some(({ allPattern }) => allPattern)) {
    const patterns = (values: string[]) => (takesPatterns ? values : values.map(escapeRegex));
    const values = elements.flatMap((element) => element.allPattern ?? patterns(present([element])));
    return { op: op.startsWith('!') ? '!~' : '=~', values };
  }
  const values = present(elements);
  return isWithOperator(param) ? { ...param, values } : values;
}

/**
 * Parameters for a text that variables are still to be filled into, as PromQL. A variable that takes several values
 * becomes a regular expression there, so whatever it stands beside has to be one.
 */
export function paramsAsWritten(params: Params | null | undefined, templateSrv: TemplateSrv): Params {
  const variables = new Map(templateSrv.getVariables().map((variable) => [variable.name, variable]));
  const variablesOf = (element: string) =>
    referencesIn(element).flatMap((reference) => {
      const variable = variables.get(parseReference(reference.text).name);
      return variable ? [{ ...reference, variable }] : [];
    });
  return Object.fromEntries(
    Object.entries(params ?? {}).map(([name, param]) => {
      const op = isWithOperator(param) ? param.op : '=';
      const values = paramValues(param);
      const isPattern = values.flatMap(variablesOf).some(({ variable }) => values.length > 1 || takesSeveral(variable));
      if (op.endsWith('~') || !isPattern) {
        return [name, param];
      }
      const patterns = values.map((value) => replaceParts(value, variablesOf(value), escapeRegex, ({ text }) => text));
      return [name, { op: op === '=' ? '=~' : '!~', values: patterns }];
    })
  );
}

function takesSeveral(variable: TypedVariableModel): boolean {
  return 'multi' in variable && Boolean(variable.multi || variable.includeAll);
}

/** Fills variables into a list of names, where one variable can become several names or none, and at All all it offers. */
export function interpolateNames(names: string[], templateSrv: TemplateSrv, scopedVars: ScopedVars): string[] {
  return present(names.map((name) => interpolateElement(name, templateSrv, scopedVars, 'data')));
}

/** Fills variables into a part of a URL's query. Their values are encoded; the rest is written as it is to be sent. */
export function interpolateUrlParameters(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return templateSrv.replace(text, scopedVars, (value: unknown) => encodeURIComponent([value].flat().join(',')));
}

/** A parameter's values, whichever way it is written. Programs that write dashboards say null for none. */
export function paramValues(param: ParamValue | null | undefined): string[] {
  return paramTexts(param) ?? [];
}

/** The same; undefined where something else is stored. */
function paramTexts(param: unknown): string[] | undefined {
  if (isText(param)) {
    return param ? [param] : [];
  }
  const values = isWithOperator(param as ParamValue) ? (param as { values?: unknown }).values : (param ?? []);
  return Array.isArray(values) && values.every(isText) ? values : undefined;
}

export function isWithOperator(param: ParamValue | null | undefined): param is Extract<ParamValue, { op: unknown }> {
  return typeof param === 'object' && param !== null && !Array.isArray(param);
}

/** A variable as Grafana writes them. */
export const VARIABLE = /\$\w+|\$\{\w[^}]*\}|\[\[\w+?(?::\w+)?\]\]/g;

/** Variables, and whatever else has their form, in the texts of a query as they are written there. */
export function variablesIn(query: unknown): string[] {
  return JSON.stringify(query).match(VARIABLE) ?? [];
}

const REFERENCE = /^(?:\$|\$\{|\[\[)(\w+)(?:\.[^:}]+)?(?::([^}\]]+))?/;

/** The name of the variable that a text refers to, and the format that it asks for. */
export function parseReference(text: string): { name: string; format?: string } {
  const [, name = '', format] = text.match(REFERENCE) ?? [];
  return { name, format };
}

/** What looks like a variable in a text, and where. */
interface Reference {
  text: string;
  index: number;
}

function referencesIn(element: string): Reference[] {
  return [...element.matchAll(VARIABLE)].map(({ 0: text, index }) => ({ text, index }));
}

/** A text in which the references, and what is between them, are replaced. */
function replaceParts<One extends Reference>(
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

/** A reference with what it becomes. */
interface FilledReference extends Reference {
  /** At All: everything that the variable offers. */
  values: string[];
  /** The same as regular expressions. */
  patterns: string[];
  /** It is a variable that stands at All. */
  all?: boolean;
  /** What the dashboard's author has written for All, as a regular expression. */
  allValue?: string;
}

/** What an element of a list becomes. */
export interface Filled {
  /** At All: everything that the variable offers. */
  values: string[];
  /** It is a variable that stands at All. */
  all?: boolean;
  /** The element as a regular expression, where the author of a variable in it has written another All than everything. */
  allPattern?: string;
}

export function interpolateElement(
  element: string,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars,
  kind: 'data' | 'pattern'
): Filled {
  const references = referencesIn(element).map((reference) => fillReference(reference, templateSrv, scopedVars));
  const [first] = references;
  if (first?.text === element) {
    const { values, patterns, all, allValue } = first;
    const allPattern = allValue === '.*' ? undefined : allValue;
    return { values: kind === 'pattern' && !all ? patterns : values, all, allPattern };
  }
  if (kind === 'pattern') {
    const asWritten = (text: string) => text;
    return {
      values: [replaceParts(element, references, asWritten, (one) => patternOf(one, one.patterns))],
    };
  }
  const isFilled = references.every(({ values, allValue }) => allValue !== undefined || values.length > 0);
  const allPattern =
    isFilled && references.some(({ allValue }) => allValue !== undefined)
      ? replaceParts(element, references, escapeRegex, (one) => patternOf(one, one.values.map(escapeRegex)))
      : undefined;
  return {
    values: eachText(element, references) ?? [interpolateText(element, templateSrv, scopedVars)],
    allPattern,
  };
}

function patternOf({ allValue }: FilledReference, patterns: string[]): string {
  if (allValue !== undefined) {
    return /\||^\(\?/.test(allValue) ? `(${allValue})` : allValue;
  }
  return patterns.length === 1 ? patterns[0] : `(${patterns.join('|')})`;
}

function fillReference(reference: Reference, templateSrv: TemplateSrv, scopedVars: ScopedVars): FilledReference {
  // Only the format function sees several values as such. It is not called for All with an `allValue`, nor where the
  // reference asks for a format.
  let formatted: { value: unknown; variable?: FormattedVariable } | undefined;
  const scoped = { ...scopedVars, ...MACROS_AS_WRITTEN };
  const text = templateSrv.replace(reference.text, scoped, (value: unknown, variable?: FormattedVariable) => {
    formatted = { value, variable };
    return '';
  });
  const { name, format } = parseReference(reference.text);
  // In a repeated panel it has one of the values, whatever the dashboard's variable stands at.
  const isAtAll = !(name in scopedVars) && isAll(name, templateSrv);
  if (formatted === undefined) {
    const isAllValue = format === undefined || text === templateSrv.replace(allValueOf(name, templateSrv), scoped);
    return isAtAll && isAllValue
      ? { ...reference, values: offeredBy(name, templateSrv), patterns: [text], all: true, allValue: text }
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

/** Bounds the texts that one element becomes: each variable in it multiplies them. */
const MAX_TEXTS = 1000;

/** A text for each value of the variables in it: `eu-$zone` is `eu-1` and `eu-2`. Undefined where they are too many. */
function eachText(element: string, references: FilledReference[]): string[] | undefined {
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

export function isAll(name: string, templateSrv: TemplateSrv): boolean {
  const variable = templateSrv.getVariables().find((candidate) => candidate.name === name);
  if (!variable || !('current' in variable) || !variable.current || !('value' in variable.current)) {
    return false;
  }
  const { value } = variable.current;
  return Array.isArray(value) ? value.includes(ALL) : value === ALL;
}

export function offeredBy(name: string, templateSrv: TemplateSrv): string[] {
  const variable = templateSrv.getVariables().find((candidate) => candidate.name === name);
  const options = variable && 'options' in variable ? variable.options : [];
  return options.map(({ value }) => String(value)).filter((value) => value !== ALL);
}

/** What the dashboard's author has written for All, where the variable is at All. */
export function allValueOf(name: string, templateSrv: TemplateSrv): string | undefined {
  const variable = templateSrv.getVariables().find((candidate) => candidate.name === name);
  return variable && 'allValue' in variable && variable.allValue && isAll(name, templateSrv)
    ? variable.allValue
    : undefined;
}

function isEverything({ values, all, allPattern }: Filled): boolean {
  return all ? !allPattern : values.some((value) => value === ALL || value === '.*');
}

function present(elements: Filled[]): string[] {
  return elements.flatMap(({ values }) => values).filter((value) => value !== '');
}
