import { ScopedVars, TypedVariableModel } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { MACROS } from './macros';
import { escapeRegex } from './promql';
import { isText } from './storedValues';
import { Params, ParamValue } from './types';

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
 * Fills variables into a catalog query's parameters. An element that is exactly `$name` or `${name}` stands for all
 * values of that variable; anything else is text with variables in it. Values are data: nothing is escaped here, and a
 * value that looks like a variable stays as it is. Under `=~` and `!~` elements are regular expressions, and variables
 * in them what they are in PromQL. A parameter that lets everything through comes out without values; one at an All that
 * the dashboard's author has written, such as `eu-.*`, as that regular expression.
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
  return Object.fromEntries(
    Object.entries(params ?? {}).map(([name, param]) => {
      const op = isWithOperator(param) ? param.op : '=';
      const values = paramValues(param);
      const variables = values.map((value) => variableOf(value, templateSrv));
      const isPattern = variables.some((variable) => variable && (values.length > 1 || takesSeveral(variable)));
      if (op.endsWith('~') || !isPattern) {
        return [name, param];
      }
      const patterns = values.map((value, nth) => (variables[nth] ? value : escapeRegex(value)));
      return [name, { op: op === '=' ? '=~' : '!~', values: patterns }];
    })
  );
}

/** The variable that an element of a list stands for. */
function variableOf(element: string, templateSrv: TemplateSrv): TypedVariableModel | undefined {
  const [, plain, braced] = element.match(WHOLE_VARIABLE) ?? [];
  return templateSrv.getVariables().find(({ name }) => name === (plain ?? braced));
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

/** What an element of a list becomes. */
export interface Filled {
  /** At All: everything that the variable offers. */
  values: string[];
  /** It is a variable that stands at All. */
  all?: boolean;
  /** What the dashboard's author wants All to mean, as a regular expression, where that isn't everything. */
  allPattern?: string;
}

const WHOLE_VARIABLE = /^\$(?:(\w+)|\{(\w+)\})$/;

export function interpolateElement(
  element: string,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars,
  kind: 'data' | 'pattern'
): Filled {
  const scoped = { ...scopedVars, ...MACROS_AS_WRITTEN };
  const [, plain, braced] = element.match(WHOLE_VARIABLE) ?? [];
  const name = plain ?? braced;
  if (name === undefined) {
    return {
      values:
        kind === 'pattern'
          ? [interpolatePattern(element, templateSrv, scopedVars)]
          : interpolateEach(element, templateSrv, scopedVars),
    };
  }

  // Only the format function sees several values as such. It is not asked for All with an `allValue`.
  let formatted: { value: unknown; variable?: FormattedVariable } | undefined;
  const text = templateSrv.replace(element, scoped, (value: unknown, variable?: FormattedVariable) => {
    formatted = { value, variable };
    return '';
  });
  if (formatted === undefined) {
    return isAll(name, templateSrv)
      ? { values: offeredBy(name, templateSrv), all: true, allPattern: text === '.*' ? undefined : text }
      : { values: [text] };
  }
  const { value, variable } = formatted;
  const values = [value].flat().map((one) => (kind === 'pattern' ? asPattern(one, variable) : String(one)));
  // In a repeated panel: one of the values, whatever the dashboard's variable stands at.
  return { values, all: Array.isArray(value) && !(name in scopedVars) && isAll(name, templateSrv) };
}

/** Bounds the texts that one element becomes: each variable in it multiplies them. */
const MAX_TEXTS = 1000;

/** A text for each value of the variables in it: `eu-$zone` is `eu-1` and `eu-2`. */
function interpolateEach(element: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string[] {
  const scoped = { ...scopedVars, ...MACROS_AS_WRITTEN };
  let texts = [''];
  let end = 0;
  for (const { 0: reference, index } of element.matchAll(VARIABLE)) {
    let values: string[] | undefined;
    const text = templateSrv.replace(reference, scoped, (value: unknown) => {
      values = [value].flat().map(String);
      return '';
    });
    const each = values ?? [text];
    if (texts.length * each.length > MAX_TEXTS) {
      return [interpolateText(element, templateSrv, scopedVars)];
    }
    const before = element.slice(end, index);
    texts = texts.flatMap((start) => each.map((value) => start + before + value));
    end = index + reference.length;
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
