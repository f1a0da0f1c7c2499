import { ScopedVars, TypedVariableModel } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { hasOperator, paramValues, readParamValues } from '../shared/params';
import { escapeRegex } from '../shared/promql';
import { Params, ParamValue } from '../shared/types';
import { parseReference } from '../shared/variableReference';
import { FilledElement, interpolateElement, referencesIn, replaceParts } from './interpolateElement';
import { ALL } from './variableValues';

/**
 * Replaces variables in a catalog query's parameters.
 * An element that is exactly one variable becomes all values of the variable. Any other element is a text with
 * variables, and becomes one text for each combination of their values. Values are data: they are not escaped, and a
 * value that looks like a variable is kept. With `=~` and `!~`, elements are regular expressions, in which variables
 * are replaced as in PromQL. If one element matches everything, the parameter loses all its values. If a variable is
 * set to All and has a custom value for All, such as `eu-.*`, the element becomes a regular expression with that value.
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
  if (!readParamValues(param)) {
    return param; // The backend reports the error.
  }
  const op = hasOperator(param) ? param.op : '=';
  const takesPatterns = op === '=~' || op === '!~';
  const elements = paramValues(param).map((element) =>
    interpolateElement(element, templateSrv, scopedVars, takesPatterns ? 'pattern' : 'data')
  );
  if (elements.some(matchesEverything)) {
    return hasOperator(param) ? { ...param, values: [] } : [];
  }
  if (takesPatterns || elements.some(({ allPattern }) => allPattern)) {
    const patterns = (values: string[]) => (takesPatterns ? values : values.map(escapeRegex));
    const values = elements.flatMap((element) => element.allPattern ?? patterns(nonEmptyValues([element])));
    return { op: op.startsWith('!') ? '!~' : '=~', values };
  }
  const values = nonEmptyValues(elements);
  return hasOperator(param) ? { ...param, values } : values;
}

/**
 * Replaces variables in a list of names. A variable becomes all its values. A variable that is set to All becomes all
 * its options.
 */
export function interpolateNames(names: string[], templateSrv: TemplateSrv, scopedVars: ScopedVars): string[] {
  return nonEmptyValues(names.map((name) => interpolateElement(name, templateSrv, scopedVars, 'data')));
}

function matchesEverything({ values, all, allPattern }: FilledElement): boolean {
  return all ? !allPattern : values.some((value) => value === ALL || value === '.*');
}

function nonEmptyValues(elements: FilledElement[]): string[] {
  return elements.flatMap(({ values }) => values).filter((value) => value !== '');
}

/**
 * Prepares parameters for the preview, in which variables are kept as they are written. A parameter with the operator
 * `=` or `!=` becomes a regular expression if one of its variables allows several values or All, or if it has several
 * values and one of them contains a variable. The operator then changes to `=~` or `!~`, and the text around the
 * variables is escaped.
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
      const op = hasOperator(param) ? param.op : '=';
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
