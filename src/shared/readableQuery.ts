import { isText, Read, readList, readNumber, readSwitch, readText } from './storedValues';
import { AdHocFilter, ModelMetricsQuery, QueryFormat } from './types';

const FORMATS: QueryFormat[] = ['time_series', 'time_series_wide', 'table', 'heatmap'];

/** Reads a format in any spelling, such as `timeseries` or `Time series`. An unknown format is returned unchanged. */
function readFormat(value: unknown): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[_\s-]/g, '');
  return isText(value) ? (FORMATS.find((format) => plain(format) === plain(value)) ?? value) : undefined;
}

function readParam(value: unknown): unknown {
  if (Array.isArray(value) || !isObject(value)) {
    return Array.isArray(value) ? readList(value) : readText(value);
  }
  const values = Array.isArray(value.values) ? readList(value.values) : undefined;
  return values && { ...value, values };
}

/**
 * Reads an ad-hoc filter. If its `value` is missing, the first element of `values` is used. Returns undefined for an
 * invalid filter.
 */
export function readFilter(filter: unknown): AdHocFilter | undefined {
  if (!isObject(filter) || !isText(filter.key)) {
    return undefined;
  }
  const { operator, value, values } = filter;
  const list = readList(values ?? []);
  const text = readText(value ?? list?.[0] ?? '');
  const isReadable = text !== undefined && list !== undefined;
  return isReadable
    ? ({ ...filter, operator: operator ?? '=', value: text, ...(isPresent(values) && { values: list }) } as AdHocFilter)
    : undefined;
}

function readParams(value: unknown): unknown {
  if (!isObject(value) || Array.isArray(value)) {
    return undefined;
  }
  const params = Object.entries(value).map(([name, param]) => [name, param === null ? null : readParam(param)]);
  return params.every(([, param]) => param !== undefined) ? Object.fromEntries(params) : undefined;
}

function readFilters(value: unknown): unknown {
  const filters = Array.isArray(value) ? value.map(readFilter) : [undefined];
  return filters.every(isObject) ? filters : undefined;
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const READERS = new Map<string, Read>([
  ...['expr', 'metric', 'label', 'param', 'match', 'regex'].map((name) => [name, readText] as const),
  ...['interval', 'window', 'legendFormat', 'customQueryParameters'].map((name) => [name, readText] as const),
  ...['title', 'text', 'section', 'timeframe', 'granularity', 'aggregation'].map((name) => [name, readText] as const),
  ...['actor', 'verdict', 'reason'].map((name) => [name, readText] as const),
  ...['groupBy', 'tags', 'endpointIds'].map((name) => [name, readList] as const),
  ...['range', 'instant', 'exemplar', 'units', 'useValueForTime'].map((name) => [name, readSwitch] as const),
  ['intervalFactor', readNumber],
  ['limit', readNumber],
  ['format', readFormat],
  ['instantFormat', readFormat],
  ['params', readParams],
  ['adhocFilters', readFilters],
]);

/**
 * Converts the fields of a stored query to the types that the plugin expects. Other programs and older versions of
 * Grafana store some fields with other types. A value without a clear meaning stays unchanged, and the backend reports
 * the error.
 */
export function readableQuery<Query extends ModelMetricsQuery>(query: Query): Query {
  return withFields(query, (read, value) => read(value) ?? value);
}

/** Like readableQuery, but without the fields whose values have no clear meaning. */
export function editableQuery<Query extends ModelMetricsQuery>(query: Query): Query {
  return withFields(query, (read, value) => read(value));
}

/**
 * Replaces each field for which `change` returns a different value. All other values stay the same objects, and the
 * query itself is returned if no field is replaced: React compares objects by identity, so a copy is a change.
 */
function withFields<Query extends ModelMetricsQuery>(
  query: Query,
  change: (read: Read, value: unknown) => unknown
): Query {
  const changed = Object.entries(query).flatMap(([name, value]) => {
    const read = READERS.get(name);
    const next = read && isPresent(value) ? change(read, value) : value;
    return JSON.stringify(next) === JSON.stringify(value) ? [] : [[name, next]];
  });
  return changed.length ? { ...query, ...Object.fromEntries(changed) } : query;
}
