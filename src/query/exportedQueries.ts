import { AbstractQuery } from '@grafana/data';
import { DataQuery } from '@grafana/schema';

import { CatalogPreview } from '../shared/catalog';
import { CatalogQuery, isCatalogQuery, isGraphQuery, ModelMetricsQuery, PromQLQuery } from '../shared/types';
import { isExpression } from './exchange';
import { kindFields, kindOf } from './queryKind';
import { AUTO_LEGEND } from './QueryOptions';

/** A query as labels, which many data sources can import, and as a query of the Prometheus data source. */
export interface ExportedQuery {
  labels: AbstractQuery;
  /** Undefined if the Prometheus data source has no such query. */
  ofPrometheus?: DataQuery;
}

/**
 * Returns a list of exported queries, from which the Prometheus data source imports the PromQL, and other data sources
 * import the labels.
 *
 * When a user changes the data source of a panel or of Explore, Grafana exports the queries as labels and passes the
 * list to the other data source. It has no other way to pass a query. The Prometheus data source converts the list with
 * `map`, and each query that it returns has only the fields `refId`, `expr` and `range`. The list's own method `map`
 * replaces such a query with the complete one.
 */
export function exportedQueries(exported: ExportedQuery[]): AbstractQuery[] {
  const list = exported.map(({ labels }) => labels);
  const map: typeof list.map = (convert) =>
    exported.map(({ labels, ofPrometheus }, index) => {
      const converted = convert(labels, index, list);
      return ofPrometheus && isOfPrometheus(converted) ? (ofPrometheus as typeof converted) : converted;
    });
  return Object.defineProperty(list, 'map', { value: map });
}

/** Reports whether a value is a query that the Prometheus data source has made from labels. */
function isOfPrometheus(query: unknown): boolean {
  return typeof query === 'object' && query !== null && Object.keys(query).sort().join() === 'expr,range,refId';
}

/** The PromQL of a catalog query, and the legend of its metric. */
export type RenderedQuery = CatalogPreview & { legend?: string };

/**
 * Converts a query to one of the Prometheus data source. `render` renders a catalog query. Grafana's expressions stay
 * as they are. Returns undefined for a query that isn't about series, and for a catalog query that can't be rendered,
 * for example because it lacks a required parameter.
 */
export async function queryOfPrometheus(
  query: ModelMetricsQuery,
  render: (query: CatalogQuery) => Promise<RenderedQuery>
): Promise<DataQuery | undefined> {
  if (isExpression(query)) {
    return query;
  }
  if (!isGraphQuery(query)) {
    return undefined;
  }
  if (!isCatalogQuery(query)) {
    return query.expr ? toPrometheus(query, query.expr, query.legendFormat) : undefined;
  }
  if (!query.metric) {
    return undefined;
  }
  const { query: expr, missing_params, legend } = await render(query);
  return missing_params.length === 0
    ? toPrometheus(query, expr, query.legendFormat || legend || AUTO_LEGEND)
    : undefined;
}

/** Returns a query of the Prometheus data source with the options that both data sources have. */
function toPrometheus(query: CatalogQuery | PromQLQuery, expr: string, legendFormat?: string): DataQuery {
  const { refId, hide, format, interval, intervalFactor, exemplar } = query;
  const known = {
    refId,
    hide,
    expr,
    ...kindFields(kindOf(query)),
    format: format === 'time_series_wide' ? 'time_series' : format,
    legendFormat,
    interval,
    intervalFactor,
    exemplar,
    editorMode: 'code',
  };
  return known;
}
