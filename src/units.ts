import { getValueFormats } from '@grafana/data';

let names: Map<string, string> | undefined;

/** What Grafana's own menus call a unit, such as "Percent (0.0-1.0)" for `percentunit`. */
export function unitName(id: string): string {
  names ??= new Map(
    getValueFormats().flatMap(({ submenu }) => submenu.map(({ value, text }): [string, string] => [value, text]))
  );
  return names.get(id) ?? id;
}
