import { AdHocFilter } from './types';

/** A list of names or values. */
export interface NameList {
  values: string[];
  /** There are more values than the backend lists. */
  truncated: boolean;
  /** Warnings of the server, such as that it could not read a part of its storage. */
  warnings?: string[];
}

/** A list of names or values in the format of Prometheus's HTTP API. */
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

/** Returns the hint for a truncated list of `count` values. `advice` says how to find other values. */
export const truncatedHint = (count: number, advice: string) =>
  `Only the first ${count.toLocaleString('en')} are listed. ${advice}`;

/** Hints at the end of a list in a part of Grafana that can't show them elsewhere. */
export const HINTS = {
  truncated: (count: number) => truncatedHint(count, 'Another filter narrows them.'),
  partial: 'Some may be missing: the server could not read all of its storage.',
};

const HINT = new RegExp(
  `^(?:${HINTS.partial.replace('.', '\\.')}|Only the first [\\d,]+ are listed\\. Another filter narrows them\\.)$`
);

/** Returns the values of a list with hints to what is missing. `withoutHints` removes filters for which a hint was chosen. */
export function withHints({ values, truncated, warnings }: NameList): string[] {
  return [...values, ...(truncated ? [HINTS.truncated(values.length)] : []), ...(warnings ? [HINTS.partial] : [])];
}

/** Removes hints from ad-hoc filters, and filters that consist of one. */
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
