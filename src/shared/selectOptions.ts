import { SelectableValue } from '@grafana/data';

import { NameList, truncatedHint } from './nameList';

/** Returns an option whose label is its value. */
export function option(value: string): SelectableValue<string> {
  return { label: value, value };
}

/** Returns the server's warnings as disabled options for the end of a list. */
export function warningOptions({ warnings = [] }: NameList): Array<SelectableValue<string>> {
  return warnings.map((warning) => ({ label: warning, isDisabled: true }));
}

/**
 * Returns the options of a list. If the list is incomplete, disabled options at its end explain why. `advice` describes
 * how to find other values.
 */
export function namesAsOptions(names: NameList, advice: string): Array<SelectableValue<string>> {
  const more = { label: truncatedHint(names.values.length, advice), isDisabled: true };
  return [...names.values.map(option), ...(names.truncated ? [more] : []), ...warningOptions(names)];
}

export function values(options: Array<SelectableValue<string>>): string[] {
  return options.flatMap(({ value }) => (value === undefined ? [] : [value]));
}
