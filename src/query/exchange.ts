import {
  AbstractLabelMatcher,
  AbstractLabelOperator,
  AbstractQuery,
  DataSourceApi,
  hasQueryExportSupport,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { DataQuery } from '@grafana/schema';

import { escapeString, labelName } from '../shared/promql';
import { Matcher, paramMatchers, Selector } from '../shared/selector';
import {
  isAuditQuery,
  isCatalogQuery,
  isReportQuery,
  MatchOperator,
  ModelMetricsQuery,
  PromQLQuery,
} from '../shared/types';
import { firstSelector } from './firstSelector';
import { kindFields, kindOf } from './queryKind';

/** Data sources whose queries have the fields of Grafana's Prometheus data source. */
const PROMQL_TYPES = [
  'prometheus',
  'grafana-amazonprometheus-datasource',
  'grafana-azureprometheus-datasource',
  'victoriametrics-metrics-datasource',
];

const OPERATORS: Record<MatchOperator, AbstractLabelOperator> = {
  '=': AbstractLabelOperator.Equal,
  '!=': AbstractLabelOperator.NotEqual,
  '=~': AbstractLabelOperator.EqualRegEx,
  '!~': AbstractLabelOperator.NotEqualRegEx,
};

/**
 * Converts queries of another data source. PromQL and Grafana's expressions are kept. If `origin` has another language
 * and can export labels, its queries become selectors with these labels. A panel with mixed data sources can contain
 * queries of this data source, whose type is `ownType`. These are kept, too. All other queries are omitted.
 */
export async function importedQueries(
  queries: DataQuery[],
  origin: DataSourceApi,
  ownType: string
): Promise<ModelMetricsQuery[]> {
  const expressions = queries.filter(isExpression) as ModelMetricsQuery[];
  const others = queries.filter((query) => !isExpression(query));
  if (hasQueryExportSupport(origin) && !PROMQL_TYPES.includes(origin.type)) {
    return [...(await origin.exportToAbstractQueries(others)).flatMap(fromAbstract), ...expressions];
  }
  const imported = others.flatMap((query): ModelMetricsQuery[] => {
    const type = origin.meta.mixed ? getDataSourceSrv().getInstanceSettings(query.datasource)?.type : origin.type;
    if (type === ownType) {
      return [query as ModelMetricsQuery];
    }
    return type && PROMQL_TYPES.includes(type) && hasExpr(query) ? [fromPrometheus(query)] : [];
  });
  return [...imported, ...expressions];
}

/** Reports whether a query is an expression of Grafana, such as a reduction of another query. */
export function isExpression({ datasource }: DataQuery): boolean {
  return datasource?.type === '__expr__' || datasource?.uid === '__expr__';
}

function hasExpr(query: DataQuery): query is PromQLQuery {
  return 'expr' in query && typeof query.expr === 'string' && query.expr.trim() !== '';
}

function fromPrometheus(query: PromQLQuery): PromQLQuery {
  const { refId, hide, expr, format, legendFormat, interval, intervalFactor, exemplar } = query;
  return {
    refId,
    hide,
    queryType: 'promql',
    expr,
    ...kindFields(kindOf(query)),
    format,
    legendFormat,
    interval,
    intervalFactor,
    exemplar,
  };
}

function fromAbstract({ refId, labelMatchers }: AbstractQuery): PromQLQuery[] {
  const matchers = labelMatchers.flatMap(fromAbstractMatcher);
  const expr = matchers.length ? `{${matchers.join(', ')}}` : '';
  return expr ? [{ refId, queryType: 'promql', expr, ...kindFields('range') }] : [];
}

/** The value of an abstract matcher is already escaped for double quotes, as in PromQL and LogQL. */
function fromAbstractMatcher({ name, operator, value }: AbstractLabelMatcher): string[] {
  const [symbol] = Object.entries(OPERATORS).find(([, abstract]) => abstract === operator) ?? [];
  return symbol ? [`${labelName(name)}${symbol}"${value}"`] : [];
}

/**
 * Converts a query to label matchers, which other data sources can import. The metric name comes from the first
 * selector in the PromQL, and so do the matchers of a query in PromQL. The matchers of a catalog query are its
 * parameters. `render` returns the PromQL of a catalog metric.
 */
export async function abstractQuery(
  query: ModelMetricsQuery,
  render: (metric: string) => Promise<string>
): Promise<AbstractQuery> {
  const { metric, matchers } = (await selectorOf(query, render)) ?? { metric: '', matchers: [] };
  const name: Matcher[] = metric ? [{ name: '__name__', operator: '=', value: metric }] : [];
  return { refId: query.refId, labelMatchers: [...name, ...matchers].map(toAbstractMatcher) };
}

/** Converts a query to one without labels, from which other data sources make an empty query. */
export function withoutLabels({ refId }: ModelMetricsQuery): AbstractQuery {
  return { refId, labelMatchers: [] };
}

async function selectorOf(
  query: ModelMetricsQuery,
  render: (metric: string) => Promise<string>
): Promise<Selector | undefined> {
  if (isCatalogQuery(query)) {
    const selector = query.metric ? firstSelector(await render(query.metric)) : undefined;
    return selector && { metric: selector.metric, matchers: paramMatchers(query.params) };
  }
  if (isReportQuery(query) || isAuditQuery(query)) {
    return undefined; // These aren't about the series of one selector.
  }
  return 'expr' in query && query.expr ? firstSelector(query.expr) : undefined;
}

function toAbstractMatcher({ name, operator, value }: Matcher): AbstractLabelMatcher {
  return { name, operator: OPERATORS[operator], value: escapeString(value, '"') };
}
