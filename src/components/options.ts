import { SelectableValue } from '@grafana/data';

/** An option that reads as what it stands for. */
export function option(value: string): SelectableValue<string> {
  return { label: value, value };
}

export function values(options: Array<SelectableValue<string>>): string[] {
  return options.flatMap(({ value }) => (value === undefined ? [] : [value]));
}
