import { AdHocVariableFilter, ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { interpolateExpr } from './interpolateExpr';
import { interpolateFilters } from './interpolateFilters';
import {
  interpolateNames,
  interpolateParams,
  interpolatePattern,
  interpolateText,
  interpolateUrlParameters,
} from './interpolation';
import {
  CatalogQuery,
  EventsQuery,
  isCatalogQuery,
  ModelMetricsQuery,
  Params,
  PromQLQuery,
  SeriesSelection,
} from './types';

/** Fills dashboard variables into what a person writes in a query, and puts the dashboard's filters beside it. */
export function interpolateQuery(
  query: ModelMetricsQuery,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars,
  filters: AdHocVariableFilter[] = []
): ModelMetricsQuery {
  const text = (value: string) => interpolateText(value, templateSrv, scopedVars);
  const expr = (value: string) => interpolateExpr(value, templateSrv, scopedVars);
  const pattern = (value: string) => interpolatePattern(value, templateSrv, scopedVars);
  const params = (value: Params | undefined) => interpolateParams(value, templateSrv, scopedVars);

  const options = <Query extends CatalogQuery | PromQLQuery | EventsQuery>(query: Query): Query => {
    // A panel's query may have brought filters of its own to Explore.
    const all = interpolateFilters([...(query.adhocFilters ?? []), ...filters], templateSrv, scopedVars);
    return {
      ...query,
      interval: query.interval && text(query.interval),
      legendFormat: query.legendFormat && text(query.legendFormat),
      adhocFilters: all.length ? all : undefined,
      customQueryParameters:
        query.customQueryParameters && interpolateUrlParameters(query.customQueryParameters, templateSrv, scopedVars),
    };
  };
  const lookup = <Query extends CatalogQuery | EventsQuery>(query: Query): Query => ({
    ...options(query),
    metric: query.metric && text(query.metric),
    params: query.params && params(query.params),
    groupBy: query.groupBy && interpolateNames(query.groupBy, templateSrv, scopedVars),
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
  switch (query.queryType) {
    case 'annotation':
      return {
        ...lookup(query),
        expr: query.expr && expr(query.expr),
        title: query.title && text(query.title),
        text: query.text && text(query.text),
        tags: query.tags?.map(text),
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
