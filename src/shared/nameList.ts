import { AdHocFilter } from './types';

/** Names or values that the backend lists. */
export interface Listed {
  values: string[];
  /** There are more. */
  truncated: boolean;
  /** What the server reports along with them, such as a part of its storage that it could not read. */
  warnings?: string[];
}

/** How Prometheus says that a list is truncated. */
const TRUNCATED = 'results truncated due to limit';

/** Reads an answer in Prometheus's own shape. */
export function listed({ data, warnings = [] }: { data: string[]; warnings?: string[] }): Listed {
  const others = warnings.filter((warning) => warning !== TRUNCATED);
  return {
    values: data,
    truncated: others.length < warnings.length,
    ...(others.length && { warnings: others }),
  };
}

/** Last entries of a list that Grafana shows and that has no other place for a remark. */
export const HINTS = {
  truncated: (count: number) => `Only the first ${count.toLocaleString('en')} are listed. Another filter narrows them.`,
  partial: 'Some may be missing: the server could not read all of its storage.',
};

const HINT = new RegExp(
  `^(?:${HINTS.partial.replace('.', '\\.')}|Only the first [\\d,]+ are listed\\. Another filter narrows them\\.)$`
);

/** The entries of a list with those that say what it lacks. Choosing one of these filters nothing: see `withoutHints`. */
export function withHints({ values, truncated, warnings }: Listed): string[] {
  return [...values, ...(truncated ? [HINTS.truncated(values.length)] : []), ...(warnings ? [HINTS.partial] : [])];
}

/** Ad-hoc filters without those for which an entry of `withHints` was chosen. */
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
