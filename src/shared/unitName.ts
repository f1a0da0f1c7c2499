import { getValueFormats } from '@grafana/data';

let names: Map<string, string> | undefined;

/**
 * Returns Grafana's name of a unit. For a custom unit with suffix, prefix, si, count or currency, such as `suffix:req`,
 * returns the text after the colon. Any other id is returned unchanged.
 */
export function unitName(id: string): string {
  names ??= new Map(getValueFormats().flatMap(({ submenu }) => submenu.map(({ value, text }) => [value, text])));
  return names.get(id) ?? id.replace(/^(suffix|prefix|si|count|currency):/, '');
}
