import { isText } from './storedValues';
import { Params, ParamValue } from './types';

/** Returns a parameter's values, in whichever form they are stored. Programs that write dashboards store null for none. */
export function paramValues(param: ParamValue | null | undefined): string[] {
  return readParamValues(param) ?? [];
}

/** Like paramValues, but returns undefined for a value of another type. */
export function readParamValues(param: unknown): string[] | undefined {
  if (isText(param)) {
    return param ? [param] : [];
  }
  const values = hasOperator(param as ParamValue) ? (param as { values?: unknown }).values : (param ?? []);
  return Array.isArray(values) && values.every(isText) ? values : undefined;
}

/** Reports whether a parameter is stored with its operator. Without one the operator is `=`. */
export function hasOperator(param: ParamValue | null | undefined): param is Extract<ParamValue, { op: unknown }> {
  return typeof param === 'object' && param !== null && !Array.isArray(param);
}

/** Returns `params` with one parameter set, or removed if `value` is undefined. */
export function withParam(params: Params, name: string, value?: ParamValue): Params {
  const { [name]: _, ...rest } = params;
  return value === undefined ? rest : { ...rest, [name]: value };
}
