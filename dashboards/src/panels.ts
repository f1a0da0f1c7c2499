import { isDeepStrictEqual } from 'node:util';

import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLink,
  DynamicConfigValue,
  FieldColorModeId,
  GridPos,
  Panel,
  Threshold,
  ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { CatalogQuery } from '../../src/shared/types';
import { Catalog, inOrder, paramsOf } from './catalog';
import { datasource } from './datasource';
import type { Metric, PackPanel, PanelQuery } from './pack';
import { asTarget } from './target';

/** How a panel asks: for every step, for the last value, for the last values as one table, or for buckets over time. */
export type Shape = 'range' | 'instant' | 'table' | 'heatmap';

/** What the foundation SDK's panel builders have in common. */
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
  decimals(decimals: number): this;
  interval(interval: string): this;
  overrideByName(series: string, properties: DynamicConfigValue[]): this;
  overrideByQuery(refId: string, properties: DynamicConfigValue[]): this;
  withTarget(target: Builder<Dataquery>): this;
  dataLinks(links: Array<Builder<DashboardLink>>): this;
}

const NO_VALUE = 'Nothing in this time range';

/**
 * Fills in everything about a panel that does not depend on how it is shown. What the pack leaves open is the first
 * metric's: title, description, legend, and always unit and thresholds.
 */
export function catalogPanel<B extends PanelBuilder>(builder: B, catalog: Catalog, panel: PackPanel, shape: Shape): B {
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
    builder.withTarget(target(catalog.metric(query.metric), refId, query, shape))
  );
  return builder;
}

/** The panel's queries and the letters by which Grafana tells them apart. */
export const queries = (panel: PackPanel): Array<[string, PanelQuery]> =>
  [panel, ...(panel.and ?? [])].map((query, i): [string, PanelQuery] => [
    String.fromCharCode('A'.charCodeAt(0) + i),
    query,
  ]);

export const thresholds = (metric: Metric): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(metric));

/**
 * The thresholds of a metric over green; Grafana wants the colour below the first one as a step of its own. What has no
 * thresholds is blue, since green says that it is good.
 */
const steps = ({ thresholds = [] }: Metric): Threshold[] => [
  { value: null, color: thresholds.length > 0 ? 'green' : 'blue' },
  ...thresholds,
];

function target(metric: Metric, refId: string, asked: PanelQuery, shape: Shape): Builder<Dataquery> {
  const query: CatalogQuery = {
    refId,
    datasource,
    queryType: 'catalog',
    metric: metric.name,
    params: inOrder(asked.params, paramsOf(metric)),
    groupBy: asked.group_by ?? undefined,
    legendFormat: asked.legend ?? legendOf(metric, asked.group_by),
    window: asked.window,
    ...(shape === 'range' || shape === 'heatmap' ? { range: true } : { instant: true }),
    format: shape === 'table' || shape === 'heatmap' ? shape : 'time_series',
    exemplar: asked.exemplars,
  };
  return asTarget(query);
}

/** A metric's own legend names the labels of its own grouping. */
function legendOf(metric: Metric, groupBy: string[] | null) {
  const own = groupBy === null || groupBy.join() === (metric.group_by ?? []).join();
  return own ? metric.legend : '__auto';
}

/** What a metric is grouped by, where a panel groups it so. */
export const groupingOf = (metric: Metric, groupBy: string[] | null): string[] => groupBy ?? metric.group_by ?? [];

/** Whether a panel shows a single series, whatever is chosen. */
export const isOneNumber = (panel: PackPanel, catalog: Catalog) =>
  !panel.and && groupingOf(catalog.metric(panel.metric), panel.group_by).length === 0;

/** Fixes the colours of series by their names. */
export function colorSeries<B extends PanelBuilder>(builder: B, { colors = [] }: PackPanel): B {
  for (const { series, color: fixedColor } of colors) {
    builder.overrideByName(series, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }]);
  }
  return builder;
}

/**
 * Gives further metrics their own unit and thresholds where these are not the first one's, and what else is to set those
 * in another unit apart.
 */
export function setMetricsApart<B extends PanelBuilder>(
  builder: B,
  catalog: Catalog,
  panel: PackPanel,
  ...apart: DynamicConfigValue[]
): B {
  const first = catalog.metric(panel.metric);
  for (const [refId, query] of queries(panel)) {
    const metric = catalog.metric(query.metric);
    const own: DynamicConfigValue[] = metric.unit === first.unit ? [] : [{ id: 'unit', value: metric.unit }, ...apart];
    if (query.decimals !== panel.decimals) {
      own.push({ id: 'decimals', value: query.decimals ?? null });
    }
    if (!isDeepStrictEqual(steps(metric), steps(first))) {
      own.push({ id: 'thresholds', value: { mode: ThresholdsMode.Absolute, steps: steps(metric) } });
    }
    if (own.length > 0) {
      builder.overrideByQuery(refId, own);
    }
  }
  return builder;
}

/** The ends of the axis or the scale, where there is something to say about them. */
export function limit<B extends PanelBuilder>(builder: B, { min, max }: Pick<PackPanel, 'min' | 'max'>): B {
  if (min !== undefined) {
    builder.min(min);
  }
  if (max !== undefined) {
    builder.max(max);
  }
  return builder;
}

/** The same for lengths and heights, which mislead when they don't start at 0; values below it have to be announced. */
export const limitFromZero = <B extends PanelBuilder>(builder: B, { min, max, signed }: PackPanel): B =>
  limit(builder, { min: min ?? (signed ? undefined : 0), max });
