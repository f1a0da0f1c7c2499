import { AdHocFilter } from './types';

/** A list of names or values. */
export interface NameList {
  values: string[];
  /** Whether there are more values than the backend lists. */
  truncated: boolean;
  /** Warnings from the server, for example if it could not read a part of its storage. */
  warnings?: string[];
}

/** A list of names or values in the format of Prometheus's HTTP API. */
/** The maximum number of names, values or metric families that the editors request. */
export const MAX_NAMES = 1000;

export interface NameListResponse {
  data: string[];
  warnings?: string[];
}

/** The warning with which Prometheus marks a truncated list. */
const TRUNCATED = 'results truncated due to limit';

export function readNameList({ data, warnings = [] }: NameListResponse): NameList {
  const others = warnings.filter((warning) => warning !== TRUNCATED);
  return {
    values: data,
    truncated: others.length < warnings.length,
    ...(others.length && { warnings: others }),
  };
}

/** Returns the hint for a truncated list of `count` values. `advice` describes how to find other values. */
export const truncatedHint = (count: number, advice: string) =>
  `Only the first ${count.toLocaleString('en')} are listed. ${advice}`;

/** Hints at the end of a list for ad-hoc filters. Grafana has no other place for them. */
export const HINTS = {
  truncated: (count: number) => truncatedHint(count, 'Add another filter to narrow the list.'),
  partial: 'Some may be missing: the server could not read all of its storage.',
};

const HINT = new RegExp(
  `^(?:${HINTS.partial.replace('.', '\\.')}|Only the first [\\d,]+ are listed\\. Add another filter to narrow the list\\.)$`
);

/**
 * Returns the values of a list, followed by a hint if the list is truncated and a hint if the server sent warnings. If
 * the user selects a hint, `withoutHints` removes it from the filter.
 */
export function withHints({ values, truncated, warnings }: NameList): string[] {
  return [...values, ...(truncated ? [HINTS.truncated(values.length)] : []), ...(warnings ? [HINTS.partial] : [])];
}

/**
 * Removes hints from ad-hoc filters. Hints are in the lists of labels and values, so the user can select them. A filter
 * is removed if its label is a hint, or if all its values are hints.
 */
export function withoutHints(filters: AdHocFilter[]): AdHocFilter[] {
  return filters.flatMap((filter) => {
    if (HINT.test(filter.key)) {
      return [];
    }
    const values = filter.values?.filter((value) => !HINT.test(value));
    if (!HINT.test(filter.value) && values?.length === filter.values?.length) {
      return [filter];
    }
    return values?.length ? [{ ...filter, value: values[0], values }] : [];
  });
}
