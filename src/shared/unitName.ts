import { getValueFormats } from '@grafana/data';

let names: Map<string, string> | undefined;

/** What Grafana calls a unit, by its id. One that is no more than a word behind the number is that word. */
export function unitName(id: string): string {
  names ??= new Map(getValueFormats().flatMap(({ submenu }) => submenu.map(({ value, text }) => [value, text])));
  return names.get(id) ?? id.replace(/^(suffix|prefix|si|count|currency):/, '');
}
