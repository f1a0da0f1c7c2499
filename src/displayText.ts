import { isWithOperator, paramValues } from './interpolation';
import {
  CatalogQuery,
  EventsQuery,
  isCatalogQuery,
  ModelMetricsQuery,
  Params,
  ParamValue,
  VariableQuery,
} from './types';

/** One line that says what a query asks, in the words of PromQL. */
export function displayText(query: ModelMetricsQuery): string {
  if (isCatalogQuery(query)) {
    return catalogText(query);
  }
  switch (query.queryType) {
    case 'annotation':
      return query.expr ?? catalogText(query);
    case 'labelNames':
    case 'labelValues':
    case 'metricNames':
    case 'catalogMetrics':
    case 'paramValues':
    case 'queryResult':
      return variableText(query);
    default:
      return query.expr ?? '';
  }
}

function catalogText({ metric, params, groupBy }: CatalogQuery | EventsQuery): string {
  return selector(metric, params) + (groupBy?.length ? ` by (${groupBy.join(', ')})` : '');
}

/** What a variable's query reads like in the dashboard's list of variables. */
export function variableText(query: VariableQuery): string {
  switch (query.queryType) {
    case 'labelNames':
      return `label_names(${selector(query.metric, query.params)})`;
    case 'labelValues': {
      const series = selector(query.metric, query.params);
      return `label_values(${series ? `${series}, ` : ''}${query.label})`;
    }
    case 'metricNames':
      return 'metric_names()';
    case 'catalogMetrics':
      return 'catalog_metrics()';
    case 'paramValues':
      return `param_values(${selector(query.metric, query.params)}, ${query.param})`;
    case 'queryResult':
      return `query_result(${query.expr})`;
  }
}

function selector(metric = '', params: Params = {}): string {
  const matchers = Object.entries(params).flatMap(([name, param]) => matcher(name, param));
  return metric + (matchers.length ? `{${matchers.join(', ')}}` : '');
}

function matcher(name: string, param: ParamValue): string[] {
  const values = paramValues(param);
  if (values.length === 0) {
    return [];
  }
  const negated = isWithOperator(param) && param.op.startsWith('!');
  const several = values.length > 1 || values[0].includes('$') || (isWithOperator(param) && param.op.endsWith('~'));
  const op = several ? (negated ? '!~' : '=~') : negated ? '!=' : '=';
  return [`${name}${op}${JSON.stringify(values.join('|'))}`];
}
