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
import { kindFields, kindOf } from './queryKind';
import { Matcher, paramMatchers, Selector } from '../shared/selector';
import { isCatalogQuery, MatchOperator, ModelMetricsQuery, PromQLQuery } from '../shared/types';

/** Data sources whose queries hold PromQL, under the names of Grafana's own for Prometheus. */
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
 * What queries of another data source come to here: PromQL as it is, of others the labels that they select. A panel of
 * mixed data sources may hold queries of this one, whose type is `own`. Expressions are Grafana's own, and stay.
 */
export async function importedQueries(
  queries: DataQuery[],
  origin: DataSourceApi,
  own: string
): Promise<ModelMetricsQuery[]> {
  const expressions = queries.filter(isExpression) as ModelMetricsQuery[];
  const asked = queries.filter((query) => !isExpression(query));
  if (hasQueryExportSupport(origin) && !PROMQL_TYPES.includes(origin.type)) {
    return [...(await origin.exportToAbstractQueries(asked)).flatMap(fromAbstract), ...expressions];
  }
  const imported = asked.flatMap((query): ModelMetricsQuery[] => {
    const type = origin.meta.mixed ? getDataSourceSrv().getInstanceSettings(query.datasource)?.type : origin.type;
    if (type === own) {
      return [query as ModelMetricsQuery];
    }
    return type && PROMQL_TYPES.includes(type) && hasExpr(query) ? [fromPrometheus(query)] : [];
  });
  return [...imported, ...expressions];
}

function isExpression({ datasource }: DataQuery): boolean {
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

/** An abstract value is what stands between double quotes in PromQL and LogQL. */
function fromAbstractMatcher({ name, operator, value }: AbstractLabelMatcher): string[] {
  const [written] = Object.entries(OPERATORS).find(([, abstract]) => abstract === operator) ?? [];
  return written ? [`${labelName(name)}${written}"${value}"`] : [];
}

/**
 * What a query selects, in the terms that data sources understand of each other. Of PromQL that is its first selector;
 * `render` tells the PromQL of a catalog metric.
 */
export async function abstractQuery(
  query: ModelMetricsQuery,
  render: (metric: string) => Promise<string>
): Promise<AbstractQuery> {
  const { metric, matchers } = (await selectorOf(query, render)) ?? { metric: '', matchers: [] };
  const name: Matcher[] = metric ? [{ name: '__name__', operator: '=', value: metric }] : [];
  return { refId: query.refId, labelMatchers: [...name, ...matchers].map(toAbstractMatcher) };
}

async function selectorOf(
  query: ModelMetricsQuery,
  render: (metric: string) => Promise<string>
): Promise<Selector | undefined> {
  if (isCatalogQuery(query)) {
    const selector = query.metric ? await parseFirstSelector(await render(query.metric)) : undefined;
    return selector && { metric: selector.metric, matchers: paramMatchers(query.params) };
  }
  return 'expr' in query && query.expr ? parseFirstSelector(query.expr) : undefined;
}

/** The grammar of PromQL is in the code editor's chunk. If that can't be loaded, the query is exported without labels. */
async function parseFirstSelector(expr: string): Promise<Selector | undefined> {
  const code = await import(/* webpackChunkName: "promql" */ '../code/firstSelector').catch(() => undefined);
  return code?.firstSelector(expr);
}

function toAbstractMatcher({ name, operator, value }: Matcher): AbstractLabelMatcher {
  return { name, operator: OPERATORS[operator], value: escapeString(value, '"') };
}
