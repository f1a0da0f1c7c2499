import { ScopedVars, TypedVariableModel } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { MACROS } from '../shared/macros';
import { escapeRegex } from '../shared/promql';

/**
 * The second argument that `TemplateSrv.replace` passes to a format function: the variable whose value is formatted.
 */
export interface FormattedVariable {
  multi?: boolean;
  includeAll?: boolean;
}

/** The value of a variable that is set to All. */
export const ALL = '$__all';

/** Replaces each macro with itself, because the backend replaces macros. */
export const MACROS_AS_WRITTEN: ScopedVars = Object.fromEntries(
  MACROS.map(({ name }) => [name, { text: `$${name}`, value: `$${name}` }])
);

/**
 * Formats a variable's value as a regular expression. If the variable allows several values or All, its values are
 * escaped. The value of any other variable is a regular expression already.
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

/** Returns the options of a variable, without All. */
export function offeredValues(name: string, templateSrv: TemplateSrv): string[] {
  const variable = findVariable(name, templateSrv);
  const options = variable && 'options' in variable ? variable.options : [];
  return options.map(({ value }) => String(value)).filter((value) => value !== ALL);
}

/** Returns the custom value for All, a regular expression, if the variable is set to All and has a custom value. */
export function customAllValue(name: string, templateSrv: TemplateSrv): string | undefined {
  const variable = findVariable(name, templateSrv);
  return variable && 'allValue' in variable && variable.allValue && isAll(name, templateSrv)
    ? variable.allValue
    : undefined;
}

function findVariable(name: string, templateSrv: TemplateSrv): TypedVariableModel | undefined {
  return templateSrv.getVariables().find((candidate) => candidate.name === name);
}
