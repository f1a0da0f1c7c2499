import { SelectableValue } from '@grafana/data';

import { NameList } from './nameList';

/** An option that reads as what it stands for. */
export function option(value: string): SelectableValue<string> {
  return { label: value, value };
}

/** Entries that nobody can choose, below what is listed: what the server reports along with it. */
export function remarks({ warnings = [] }: NameList): Array<SelectableValue<string>> {
  return warnings.map((warning) => ({ label: warning, isDisabled: true }));
}

/** The options of a list, and below them what it lacks. `advice` says how to reach the rest. */
export function optionsOf(listed: NameList, advice: string): Array<SelectableValue<string>> {
  const count = listed.values.length.toLocaleString('en');
  const more = { label: `These are the first ${count}: ${advice}.`, isDisabled: true };
  return [...listed.values.map(option), ...(listed.truncated ? [more] : []), ...remarks(listed)];
}

export function values(options: Array<SelectableValue<string>>): string[] {
  return options.flatMap(({ value }) => (value === undefined ? [] : [value]));
}
