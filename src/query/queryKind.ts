/** A query returns the value at every step of the time range, the value at its end, or both. */
export type QueryKind = 'range' | 'instant' | 'both';

interface KindFields {
  range?: boolean;
  instant?: boolean;
}

/**
 * Returns the kind of a stored query, as the backend does. Without both fields it is a range query. `range: false` alone
 * means an instant query: Grafana 12.3 and later store this in a new alert rule.
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
