import { isDeepStrictEqual } from 'node:util';

import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLink,
  DataTransformerConfig,
  DynamicConfigValue,
  FieldColorModeId,
  GridPos,
  Panel,
  Threshold,
  ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { CatalogQuery } from '../../src/shared/types';
import { Catalog, inOrder, paramsOf } from './catalog';
import { datasource } from './datasource';
import type { Metric, PackPanel, PanelQuery } from './pack';
import { legend, legendTable } from './style';
import { asTarget } from './target';

/**
 * The kind of result that a panel requires: all steps, the last values, the last values as one table, or buckets over
 * time.
 */
export type Shape = 'range' | 'instant' | 'table' | 'heatmap';

/** The common methods of the foundation SDK's panel builders. */
export interface PanelBuilder extends Builder<Panel> {
  id(id: number): this;
  gridPos(position: GridPos): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: DataSourceRef): this;
  unit(unit: string): this;
  min(min: number): this;
  max(max: number): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  noValue(text: string): this;
  mappings(mappings: ValueMapping[]): this;
  decimals(decimals: number): this;
  interval(interval: string): this;
  overrideByName(series: string, properties: DynamicConfigValue[]): this;
  overrideByQuery(refId: string, properties: DynamicConfigValue[]): this;
  withTarget(target: Builder<Dataquery>): this;
  withTransformation(transformation: DataTransformerConfig): this;
  dataLinks(links: Array<Builder<DashboardLink>>): this;
}

export const NO_VALUE = 'No data';

/** Shows an empty cell as a dash. Otherwise the cell would show the panel's text for no data, which is too long. */
export const EMPTY_CELL: DynamicConfigValue = { id: 'noValue', value: '–' };

/**
 * Sets the properties of a panel that do not depend on its visualization. Unit and thresholds come from the first
 * metric. So do the title and the description if the panel does not set them. `displayNames` is a property of the
 * queries.
 */
export function catalogPanel<B extends PanelBuilder>(
  builder: B,
  catalog: Catalog,
  panel: PackPanel,
  shape: Shape,
  displayNames?: CatalogQuery['displayNames']
): B {
  const metric = catalog.metric(panel.metric);
  builder
    .title(panel.title ?? metric.title)
    .description(panel.description ?? metric.description)
    .datasource(datasource)
    .unit(metric.unit)
    .thresholds(thresholds(metric))
    .noValue(panel.no_value ?? NO_VALUE);
  if (panel.min_step) {
    builder.interval(panel.min_step);
  }
  if (panel.decimals !== undefined) {
    builder.decimals(panel.decimals);
  }
  queries(panel).forEach(([refId, query]) =>
    builder.withTarget(target(catalog.metric(query.metric), refId, query, shape, displayNames))
  );
  return builder;
}

/** Returns the queries of a panel with their refIds. */
export const queries = (panel: PackPanel): Array<[string, PanelQuery]> =>
  [panel, ...(panel.and ?? [])].map((query, i): [string, PanelQuery] => [
    String.fromCharCode('A'.charCodeAt(0) + i),
    query,
  ]);

export const thresholds = (metric: Metric): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(metric));

/**
 * Returns the thresholds of a metric. Values below the first threshold, for which Grafana also requires a color, are
 * green. If the first threshold is 0, they have its color instead: there are no values below 0, and graphs have no line
 * at 0. The values of a metric without thresholds are blue, because green means that a value is good.
 */
function steps({ thresholds = [] }: Metric): Threshold[] {
  const [first, ...further] = thresholds;
  if (first?.value === 0) {
    return [{ value: null, color: first.color }, ...further];
  }
  return [{ value: null, color: first ? 'green' : 'blue' }, ...thresholds];
}

function target(
  metric: Metric,
  refId: string,
  definition: PanelQuery,
  shape: Shape,
  displayNames?: CatalogQuery['displayNames']
): Builder<Dataquery> {
  const query: CatalogQuery = {
    refId,
    datasource,
    queryType: 'catalog',
    metric: metric.name,
    params: inOrder(definition.params, paramsOf(metric)),
    groupBy: definition.group_by ?? undefined,
    legendFormat: definition.legend ?? legendFormat(metric, definition.group_by),
    window: definition.window,
    ...(shape === 'range' || shape === 'heatmap' ? { range: true } : { instant: true }),
    format: shape === 'table' || shape === 'heatmap' ? shape : 'time_series',
    exemplar: definition.exemplars,
    displayNames,
  };
  return asTarget(query);
}

/**
 * Returns the legend of a metric in a panel. For the default grouping, this is the metric's legend, which contains the
 * labels of this grouping. For any other grouping, the legend is automatic.
 */
function legendFormat(metric: Metric, groupBy: string[] | null) {
  const isDefault = groupBy === null || groupBy.join() === (metric.group_by ?? []).join();
  return isDefault ? metric.legend : '__auto';
}

/** Returns the grouping of a metric in a panel. */
export const groupingOf = (metric: Metric, groupBy: string[] | null): string[] => groupBy ?? metric.group_by ?? [];

/** Reports whether a panel has a single query that returns at most one series. */
export const isOneNumber = (panel: PackPanel, catalog: Catalog) =>
  !panel.and && isSingle(panel.metric, panel.group_by, catalog);

/** The number of series up to which a legend is a list. */
const MAX_LISTED_SERIES = 4;

/** Returns the legend of a graph: a table if there can be more than four series, or else a list. */
export function legendOf(panel: PackPanel, catalog: Catalog) {
  const isGrouped = queries(panel).some(([, { metric, group_by }]) => !isSingle(metric, group_by, catalog));
  const known = panel.colors?.length ?? Infinity;
  return isGrouped && known > MAX_LISTED_SERIES ? legendTable() : legend();
}

/** Reports whether a query returns at most one series. */
const isSingle = (metric: string, groupBy: string[] | null, catalog: Catalog) =>
  groupingOf(catalog.metric(metric), groupBy).length === 0 && !catalog.hasSeveralSeries(metric);

/** Sets the colors of series by their names. */
export function colorSeries<B extends PanelBuilder>(builder: B, { colors = [] }: PackPanel): B {
  for (const { series, color: fixedColor } of colors) {
    builder.overrideByName(series, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }]);
  }
  return builder;
}

/**
 * Overrides the unit, the thresholds and the decimals of further metrics where they differ from those of the first
 * metric. Metrics with another unit also get `properties`.
 */
export function distinguishMetrics<B extends PanelBuilder>(
  builder: B,
  catalog: Catalog,
  panel: PackPanel,
  ...properties: DynamicConfigValue[]
): B {
  const first = catalog.metric(panel.metric);
  for (const [refId, query] of queries(panel)) {
    const metric = catalog.metric(query.metric);
    const overrides: DynamicConfigValue[] =
      metric.unit === first.unit ? [] : [{ id: 'unit', value: metric.unit }, ...properties];
    if (query.decimals !== panel.decimals) {
      overrides.push({ id: 'decimals', value: query.decimals ?? null });
    }
    if (!isDeepStrictEqual(steps(metric), steps(first))) {
      overrides.push({ id: 'thresholds', value: { mode: ThresholdsMode.Absolute, steps: steps(metric) } });
    }
    if (overrides.length > 0) {
      builder.overrideByQuery(refId, overrides);
    }
  }
  return builder;
}

/** Sets the ends of the axis or the scale. */
export function limit<B extends PanelBuilder>(builder: B, { min, max }: Pick<PackPanel, 'min' | 'max'>): B {
  if (min !== undefined) {
    builder.min(min);
  }
  if (max !== undefined) {
    builder.max(max);
  }
  return builder;
}

/**
 * Sets the ends of the axis as the function `limit` does. Without `min`, the axis of a panel that isn't `signed` begins
 * at 0, because lengths and heights are misleading if the axis doesn't begin at 0.
 */
export const limitFromZero = <B extends PanelBuilder>(builder: B, { min, max, signed }: PackPanel): B =>
  limit(builder, { min: min ?? (signed ? undefined : 0), max });
