import { CoreApp } from '@grafana/data';

/**
 * The kind of a query: it returns the value at every step of the time range, the value at the end of the range, or
 * both.
 */
export type QueryKind = 'range' | 'instant' | 'both';

/** The kinds of new queries where they aren't range queries. */
export const DEFAULT_KINDS: Partial<Record<CoreApp, QueryKind>> = {
  [CoreApp.UnifiedAlerting]: 'instant',
  // Explore shows a graph of the range, and a table of the values at its end.
  [CoreApp.Explore]: 'both',
};

interface KindFields {
  range?: boolean;
  instant?: boolean;
}

/**
 * Returns the kind of a stored query, by the rules of the backend. A query with neither field is a range query. A query
 * with only `range: false`, which Grafana 12.3 and later store in a new alert rule, is an instant query.
 */
export function kindOf({ range, instant }: KindFields): QueryKind {
  if (!(instant ?? range === false)) {
    return 'range';
  }
  return range ? 'both' : 'instant';
}

/** Returns the fields that store a kind. */
export function kindFields(kind: QueryKind): Required<KindFields> {
  return { range: kind !== 'instant', instant: kind !== 'range' };
}
