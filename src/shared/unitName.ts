import { getValueFormats } from '@grafana/data';

let names: Map<string, string> | undefined;

/** Names of the units that mean a plain number, whose names in Grafana describe the format. */
const NUMBERS = new Map(['short', 'none'].map((id) => [id, 'number']));

/**
 * Returns Grafana's name of a unit, or "number" for a plain number. For a custom unit with suffix, prefix, si, count or currency, such as `suffix:req`,
 * returns the text after the colon. Any other id is returned unchanged.
 */
export function unitName(id: string): string {
  names ??= new Map(getValueFormats().flatMap(({ submenu }) => submenu.map(({ value, text }) => [value, text])));
  return NUMBERS.get(id) ?? names.get(id) ?? id.replace(/^(suffix|prefix|si|count|currency):/, '');
}
