import { ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { withoutHints } from '../shared/nameList';
import { escapeRegex } from '../shared/promql';
import { readFilter } from '../shared/readableQuery';
import { isText } from '../shared/storedValues';
import { AdHocFilter } from '../shared/types';
import { FilledElement, interpolateElement } from './interpolateElement';
import { interpolateText } from './interpolateText';

/**
 * Replaces variables in ad-hoc filters. With `=~` and `!~`, values are regular expressions, in which a variable with
 * several values becomes an alternation. With other operators, values are plain text. A filter is omitted if
 * - it has no label or no value;
 * - its label is a hint, or all its values are hints (see withoutHints).
 *
 * Filters with `=`, `!=`, `=|`, `!=|`, `=~` or `!~` are also omitted if
 * - no value remains, for example because the only value is a variable without a value;
 * - one of their values is exactly a variable set to All, and All has no custom value or the custom value `.*`.
 *
 * If a filter with `=` gets several values, its operator becomes `=|`. If a variable of a filter with `=` or `=|` is
 * replaced with its custom value for All, the operator becomes `=~`. `!=` and `!=|` change in the same way.
 */
export function interpolateFilters(
  filters: AdHocFilter[],
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): AdHocFilter[] {
  return filters
    .filter(({ key }) => key)
    .flatMap((filter) => {
      const read = readFilter(filter);
      return read ? withoutHints([read]) : [filter]; // The backend reports the error.
    })
    .filter(({ value, values }) => value || values?.length)
    .flatMap((filter) => (isText(filter.value) ? interpolateFilter(filter, templateSrv, scopedVars) : [filter]));
}

/** Maps operators for one value to the operators for several values. */
const MULTI_VALUE: Partial<Record<string, string>> = { '=': '=|', '!=': '!=|' };

function interpolateFilter(
  { key, operator, value, values }: AdHocFilter,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): AdHocFilter[] {
  const takesSeveral = operator === '=|' || operator === '!=|';
  const isPattern = operator === '=~' || operator === '!~';
  if (!takesSeveral && !isPattern && !MULTI_VALUE[operator]) {
    return [{ key, operator, value: interpolateText(value, templateSrv, scopedVars) }];
  }
  const texts = takesSeveral && values?.length ? values : [value];
  const elements = texts.map((element) =>
    interpolateElement(element, templateSrv, scopedVars, isPattern ? 'pattern' : 'data')
  );
  const filled = elements.flatMap((element) => element.values);
  if (elements.some(({ all, allPattern }) => all && !allPattern)) {
    return [];
  }
  if (filled.length === 0 && !elements.some(({ allPattern }) => allPattern)) {
    return [];
  }
  if (isPattern || elements.some(({ allPattern }) => allPattern)) {
    const patterns = elements.flatMap((element) => patternsOf(element, isPattern));
    return [{ key, operator: operator.startsWith('!') ? '!~' : '=~', value: patterns.join('|') }];
  }
  if (takesSeveral || filled.length > 1) {
    return [{ key, operator: MULTI_VALUE[operator] ?? operator, value: filled[0], values: filled }];
  }
  return [{ key, operator, value: filled[0] }];
}

function patternsOf({ values, allPattern }: FilledElement, isPattern: boolean): string[] {
  if (allPattern) {
    return [`(${allPattern})`]; // The group limits a flag such as (?i) to this pattern.
  }
  return isPattern ? values : values.map(escapeRegex);
}
