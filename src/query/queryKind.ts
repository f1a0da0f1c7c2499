/** Whether a query returns the value at every step of the time range, the value at its end, or both. */
export type QueryKind = 'range' | 'instant' | 'both';

interface KindFields {
  range?: boolean;
  instant?: boolean;
}

/**
 * Reads a stored query's kind as the backend does: it is a range query where neither field is set. `range: false` alone
 * is an instant query, which is what Grafana 12.3 and later store for a new alert rule.
 */
export function kindOf({ range, instant }: KindFields): QueryKind {
  if (!(instant ?? range === false)) {
    return 'range';
  }
  return range ? 'both' : 'instant';
}

/** The fields that store a kind. */
export function kindFields(kind: QueryKind): Required<KindFields> {
  return { range: kind !== 'instant', instant: kind !== 'range' };
}
