import { AdHocVariableFilter, ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { readableQuery } from '../shared/readableQuery';
import { isText } from '../shared/storedValues';
import {
  CatalogQuery,
  EventsQuery,
  isCatalogQuery,
  isReportQuery,
  ModelMetricsQuery,
  Params,
  PromQLQuery,
  ReportQuery,
  SeriesSelection,
} from '../shared/types';
import { interpolateExpr } from './interpolateExpr';
import { interpolateFilters } from './interpolateFilters';
import { interpolateNames, interpolateParams } from './interpolateParams';
import { interpolatePattern, interpolateText, interpolateUrlParameters } from './interpolateText';

/** Replaces dashboard variables in a query. Adds the dashboard's ad-hoc filters if the query's type supports them. */
export function interpolateQuery(
  stored: ModelMetricsQuery,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars,
  filters: AdHocVariableFilter[] = []
): ModelMetricsQuery {
  const query = readableQuery(stored);
  const text = ifType(isText, (value: string) => interpolateText(value, templateSrv, scopedVars));
  const expr = ifType(isText, (value: string) => interpolateExpr(value, templateSrv, scopedVars));
  const pattern = ifType(isText, (value: string) => interpolatePattern(value, templateSrv, scopedVars));
  const names = ifType(isList, (value: string[]) => interpolateNames(value, templateSrv, scopedVars));
  const urlParameters = ifType(isText, (value: string) => interpolateUrlParameters(value, templateSrv, scopedVars));
  const texts = ifType(isList, (value: string[]) => value.map(text));
  const params = (value: Params | undefined) =>
    isParams(value) ? interpolateParams(value, templateSrv, scopedVars) : value;

  const options = <Query extends CatalogQuery | PromQLQuery | ReportQuery | EventsQuery>(query: Query): Query => {
    // A query that was opened in Explore from a panel contains the dashboard's filters.
    const stored = query.adhocFilters ?? [];
    const all = isFilters(stored) ? interpolateFilters([...stored, ...filters], templateSrv, scopedVars) : stored;
    return {
      ...query,
      interval: query.interval && text(query.interval),
      legendFormat: query.legendFormat && text(query.legendFormat),
      adhocFilters: all.length === 0 ? undefined : all,
      customQueryParameters: query.customQueryParameters && urlParameters(query.customQueryParameters),
    };
  };
  const lookup = <Query extends CatalogQuery | EventsQuery>(query: Query): Query => ({
    ...options(query),
    metric: query.metric && text(query.metric),
    params: query.params && params(query.params),
    groupBy: query.groupBy && names(query.groupBy),
    window: query.window && text(query.window),
  });
  const series = ({ metric, params: filters, match }: SeriesSelection): SeriesSelection => ({
    metric: metric && text(metric),
    params: params(filters),
    match: match && expr(match),
  });

  if (isCatalogQuery(query)) {
    return lookup(query);
  }
  if (isReportQuery(query)) {
    return {
      ...options(query),
      endpointIds: query.endpointIds && names(query.endpointIds),
      section: query.section && text(query.section),
      timeframe: query.timeframe && text(query.timeframe),
      granularity: query.granularity && text(query.granularity),
      aggregation: query.aggregation && text(query.aggregation),
    };
  }
  switch (query.queryType) {
    case 'audit':
      return {
        ...query,
        actor: query.actor && text(query.actor),
        verdict: query.verdict && text(query.verdict),
        reason: query.reason && text(query.reason),
      };
    case 'annotation':
      return {
        ...lookup(query),
        expr: query.expr && expr(query.expr),
        title: query.title && text(query.title),
        text: query.text && text(query.text),
        tags: query.tags && texts(query.tags),
      };
    case 'labelNames':
      return { ...query, ...series(query), regex: query.regex && pattern(query.regex) };
    case 'labelValues':
      return { ...query, ...series(query), label: text(query.label) };
    case 'metricNames':
      return { ...query, regex: query.regex && pattern(query.regex) };
    case 'series':
      return { ...query, match: query.match && expr(query.match) };
    case 'paramValues':
      return { ...query, metric: text(query.metric), param: text(query.param), params: params(query.params) };
    case 'catalogMetrics':
      return query;
    case 'queryResult':
      return { ...query, expr: query.expr && expr(query.expr) };
    default:
      return { ...options(query), expr: query.expr && expr(query.expr) };
  }
}

/**
 * Returns a function that applies `change` to values of the expected type. It returns other values unchanged, and the
 * backend reports the error.
 */
function ifType<Value>(is: (value: unknown) => boolean, change: (value: Value) => Value) {
  return (value: Value): Value => (is(value) ? change(value) : value);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isFilters(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((filter) => isText(filter?.key) && isText(filter.value) && isList(filter.values ?? []))
  );
}

function isParams(value: unknown): value is Params | undefined {
  return value === undefined || (typeof value === 'object' && !Array.isArray(value));
}
