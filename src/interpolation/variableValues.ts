import { ScopedVars, TypedVariableModel } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { MACROS } from '../shared/macros';
import { escapeRegex } from '../shared/promql';

/** The variable that `TemplateSrv.replace` passes to the format function with its value. */
export interface FormattedVariable {
  multi?: boolean;
  includeAll?: boolean;
}

/** The value of a variable that is set to All. */
export const ALL = '$__all';

/** Keeps macros as they are written: the backend replaces them. */
export const MACROS_AS_WRITTEN: ScopedVars = Object.fromEntries(
  MACROS.map(({ name }) => [name, { text: `$${name}`, value: `$${name}` }])
);

/**
 * Formats a variable's value as a regular expression. The values of a variable with several values, or with All, are
 * escaped; the value of any other variable is a regular expression itself.
 */
export function asPattern(value: unknown, variable: FormattedVariable = {}): string {
  if (!Array.isArray(value)) {
    return variable.multi || variable.includeAll ? escapeRegex(String(value)) : String(value);
  }
  return alternation(value.map((one) => escapeRegex(String(one))));
}

export function alternation(patterns: string[]): string {
  return patterns.length === 1 ? patterns[0] : `(${patterns.join('|')})`;
}

/** Reports whether a variable is set to All. */
export function isAll(name: string, templateSrv: TemplateSrv): boolean {
  const variable = findVariable(name, templateSrv);
  if (!variable || !('current' in variable) || !variable.current || !('value' in variable.current)) {
    return false;
  }
  const { value } = variable.current;
  return Array.isArray(value) ? value.includes(ALL) : value === ALL;
}

/** Returns the values that a variable offers, without All. */
export function offeredValues(name: string, templateSrv: TemplateSrv): string[] {
  const variable = findVariable(name, templateSrv);
  const options = variable && 'options' in variable ? variable.options : [];
  return options.map(({ value }) => String(value)).filter((value) => value !== ALL);
}

/** Returns the custom value for All of a variable that is set to All. It is a regular expression. */
export function customAllValue(name: string, templateSrv: TemplateSrv): string | undefined {
  const variable = findVariable(name, templateSrv);
  return variable && 'allValue' in variable && variable.allValue && isAll(name, templateSrv)
    ? variable.allValue
    : undefined;
}

function findVariable(name: string, templateSrv: TemplateSrv): TypedVariableModel | undefined {
  return templateSrv.getVariables().find((candidate) => candidate.name === name);
}
