import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  GridPos,
  Panel,
  ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { CatalogQuery, Params } from '../../src/types';
import { Catalog, Metric } from './catalog';
import { datasource } from './datasource';

/** How a panel asks: for every step, for the last value, or for the last values as one table. */
export type Shape = 'range' | 'instant' | 'table';

/** A catalog metric as a panel shows it. Title, description, unit, legend and thresholds are the catalog's. */
export interface Shown {
  metric: string;
  params?: Params;
  /** What stands in the panel when there is nothing to show. */
  noValue: string;
  /** Further metrics in the same panel, which must have the same unit. */
  and?: Array<Pick<Shown, 'metric' | 'params'>>;
  /** Says something else than the metric's own title; for a metric that two panels show. */
  title?: string;
  description?: string;
}

/** What the foundation SDK's panel builders have in common. */
export interface PanelBuilder extends Builder<Panel> {
  id(id: number): this;
  gridPos(position: GridPos): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: DataSourceRef): this;
  unit(unit: string): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  noValue(text: string): this;
  withTarget(target: Builder<Dataquery>): this;
}

/** Fills in everything about a panel that does not depend on its type. */
export function catalogPanel<B extends PanelBuilder>(builder: B, catalog: Catalog, shown: Shown, shape: Shape): B {
  const metric = catalog.metric(shown.metric);
  builder
    .title(shown.title ?? metric.title)
    .description(shown.description ?? metric.description)
    .datasource(datasource)
    .unit(metric.unit)
    .thresholds(thresholds(metric))
    .noValue(shown.noValue);
  [shown, ...(shown.and ?? [])].forEach(({ metric: name, params }, i) => {
    builder.withTarget(target(catalog.metric(name), String.fromCharCode('A'.charCodeAt(0) + i), params ?? {}, shape));
  });
  return builder;
}

/** The thresholds of a metric over green; Grafana wants the colour below the first one as a step of its own. */
function thresholds(metric: Metric): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: 'green' }, ...(metric.thresholds ?? [])]);
}

function target(metric: Metric, refId: string, params: Params, shape: Shape): Builder<Dataquery> {
  checkParams(metric, params);
  const query: CatalogQuery = {
    refId,
    datasource,
    queryType: 'catalog',
    metric: metric.name,
    params,
    legendFormat: metric.legend,
    ...(shape === 'range' ? { range: true } : { instant: true }),
    format: shape === 'table' ? 'table' : 'time_series',
  };
  // The SDK marks queries with a method, which JSON leaves out.
  return { build: () => ({ ...query, _implementsDataqueryVariant: () => {} }) };
}

function checkParams(metric: Metric, params: Params) {
  const allowed = [...metric.required_params, ...metric.optional_params];
  const unknown = Object.keys(params).filter((name) => !allowed.includes(name));
  const missing = metric.required_params.filter((name) => !(name in params));
  if (unknown.length > 0 || missing.length > 0) {
    throw new Error(`${metric.name}: unknown parameters [${unknown}], missing ones [${missing}]`);
  }
}
