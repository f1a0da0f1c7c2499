import { isText } from './storedValues';
import { Params, ParamValue } from './types';

/**
 * Returns the values of a parameter as a list, whichever form the parameter is stored in. The list is empty for a value
 * of the wrong type, and for null, which some programs store in dashboards.
 */
export function paramValues(param: ParamValue | null | undefined): string[] {
  return readParamValues(param) ?? [];
}

/** Like paramValues, but returns undefined for a value of the wrong type. */
export function readParamValues(param: unknown): string[] | undefined {
  if (isText(param)) {
    return param ? [param] : [];
  }
  const values = hasOperator(param as ParamValue) ? (param as { values?: unknown }).values : (param ?? []);
  return Array.isArray(values) && values.every(isText) ? values : undefined;
}

/** Reports whether a parameter is stored with an operator. If it is not, the operator is `=`. */
export function hasOperator(param: ParamValue | null | undefined): param is Extract<ParamValue, { op: unknown }> {
  return typeof param === 'object' && param !== null && !Array.isArray(param);
}

/** Returns a copy of `params` with one parameter set, or without the parameter if `value` is undefined. */
export function withParam(params: Params, name: string, value?: ParamValue): Params {
  const { [name]: _, ...rest } = params;
  return value === undefined ? rest : { ...rest, [name]: value };
}
