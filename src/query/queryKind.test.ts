import { kindFields, kindOf, QueryKind } from './queryKind';

it.each<[{ range?: boolean | null; instant?: boolean | null }, QueryKind]>([
  [{}, 'range'],
  [{ range: true }, 'range'],
  [{ range: true, instant: false }, 'range'],
  [{ instant: true }, 'instant'],
  [{ range: false, instant: true }, 'instant'],
  [{ range: true, instant: true }, 'both'],
  // Grafana 12.3 and later store this in a new alert rule.
  [{ range: false }, 'instant'],
  [{ range: false, instant: undefined }, 'instant'],
  [{ range: false, instant: null }, 'instant'],
  // Grafana's Prometheus data source runs this as a range query, too.
  [{ range: false, instant: false }, 'range'],
])('a query with %j is of the kind %s', (fields, kind) => {
  expect(kindOf(fields as Parameters<typeof kindOf>[0])).toBe(kind);
});

it.each<QueryKind>(['range', 'instant', 'both'])('reads the stored kind %s', (kind) => {
  expect(kindOf(kindFields(kind))).toBe(kind);
});
