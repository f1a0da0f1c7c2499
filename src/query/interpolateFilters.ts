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
 * Fills variables into ad-hoc filters, as into parameters: values are data, but under `=~` and `!~`, where those of a
 * variable of several become an alternation. Left out are unfinished filters, those by a variable at All, and hints that
 * were chosen in the place of a value.
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
      return read ? withoutHints([read]) : [filter]; // The backend says what is wrong with it.
    })
    .filter(({ value, values }) => value || values?.length)
    .flatMap((filter) => (isText(filter.value) ? interpolateFilter(filter, templateSrv, scopedVars) : [filter]));
}

/** Operators of several values, by those of one. */
const SEVERAL: Partial<Record<string, string>> = { '=': '=|', '!=': '!=|' };

function interpolateFilter(
  { key, operator, value, values }: AdHocFilter,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): AdHocFilter[] {
  const takesSeveral = operator === '=|' || operator === '!=|';
  const isPattern = operator === '=~' || operator === '!~';
  if (!takesSeveral && !isPattern && !SEVERAL[operator]) {
    return [{ key, operator, value: interpolateText(value, templateSrv, scopedVars) }];
  }
  const written = takesSeveral && values?.length ? values : [value];
  const elements = written.map((element) =>
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
    return [{ key, operator: SEVERAL[operator] ?? operator, value: filled[0], values: filled }];
  }
  return [{ key, operator, value: filled[0] }];
}

function patternsOf({ values, allPattern }: FilledElement, isPattern: boolean): string[] {
  if (allPattern) {
    return [`(${allPattern})`]; // so that a flag such as (?i) ends with it
  }
  return isPattern ? values : values.map(escapeRegex);
}
