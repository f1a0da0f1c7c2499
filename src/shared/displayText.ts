import { nameArgument } from './nameArgument';
import { labelName } from './promql';
import { paramMatchers, selectorText } from './selector';
import {
  AdHocFilter,
  AuditQuery,
  CatalogQuery,
  EventsQuery,
  isAuditQuery,
  isCatalogQuery,
  isReportQuery,
  isVariableQuery,
  ModelMetricsQuery,
  SeriesSelection,
  VariableQuery,
} from './types';

/** Formats a query as a text that is similar to PromQL. */
export function displayText(query: ModelMetricsQuery): string {
  if (isVariableQuery(query)) {
    return variableText(query);
  }
  const filters = query.adhocFilters?.length ? ` where ${query.adhocFilters.map(filterText).join(', ')}` : '';
  if (isCatalogQuery(query)) {
    return catalogText(query) + filters;
  }
  if (isReportQuery(query)) {
    return `report(${[query.section, ...(query.endpointIds ?? [])].join(', ')})`;
  }
  if (isAuditQuery(query)) {
    return auditText(query);
  }
  return (query.queryType === 'annotation' ? (query.expr ?? catalogText(query)) : (query.expr ?? '')) + filters;
}

function catalogText({ metric, params, groupBy }: CatalogQuery | EventsQuery): string {
  return seriesText({ metric, params }) + (groupBy?.length ? ` by (${groupBy.map(labelName).join(', ')})` : '');
}

function auditText({ actor, verdict, reason }: AuditQuery): string {
  const filters = Object.entries({ actor, verdict, reason }).filter(([, value]) => value);
  return `audit(${filters.map(([name, value]) => `${name}="${value}"`).join(', ')})`;
}

export function filterText({ key, operator, value, values }: AdHocFilter): string {
  return `${key} ${operator} ${(values ?? [value]).join(', ')}`;
}

/**
 * Formats a variable's query for the dashboard's list of variables, in the syntax of Grafana's Prometheus data source.
 * `catalog_metrics` and `param_values` exist only in this data source.
 */
export function variableText(query: VariableQuery): string {
  switch (query.queryType) {
    case 'labelNames':
      return `label_names(${query.regex ?? seriesText(query)})`;
    case 'labelValues': {
      const series = seriesText(query);
      return `label_values(${series ? `${series}, ` : ''}${nameArgument(query.label)})`;
    }
    case 'metricNames':
      return `metrics(${query.regex ?? '.*'})`;
    case 'series':
      return query.match;
    case 'catalogMetrics':
      return 'catalog_metrics()';
    case 'paramValues':
      return `param_values(${seriesText(query)}, ${nameArgument(query.param)})`;
    case 'queryResult':
      return `query_result(${query.expr})`;
  }
}

function seriesText({ metric = '', params, match }: SeriesSelection): string {
  return match ?? selectorText({ metric, matchers: paramMatchers(params) });
}
