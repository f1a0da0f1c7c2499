/**
 * What the dashboards take from a pack: its metrics and its `dashboards:`, under the keys of its YAML. Go reads and checks
 * them (pkg/catalog); pkg/catalog/pack.schema.json describes every key.
 */
import type { Params } from '../../src/types';

export interface Pack {
  pack: string;
  families: Family[];
  metrics: Metric[];
  dashboards: PackDashboard[] | null;
}

/** What the platform exports to Prometheus under one name. */
export interface Family {
  name: string;
  labels: string[];
}

export interface Metric {
  name: string;
  title: string;
  description: string;
  /** Grafana unit id. */
  unit: string;
  required_params: string[] | null;
  optional_params: string[] | null;
  group_by: string[] | null;
  legend?: string;
  thresholds?: Threshold[];
}

/** A value from which on a panel shows a colour. */
export interface Threshold {
  value: number;
  color: string;
}

export interface PackDashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[] | null;
  /** The time range that it opens with, as a duration before now. */
  range?: string;
  variables: PackVariable[] | null;
  rows: PackRow[];
}

/** A filter over a label's values. */
export interface PackVariable {
  name: string;
  label: string;
  description: string;
  /** The label whose values it lists. */
  values_of: string;
  /** The Prometheus metric that carries the label. */
  metric: string;
  /** Filters by label; `$name` refers to another variable, which makes the two a chain. */
  params?: Params;
}

export interface PackRow {
  title: string;
  panels: PackPanel[];
}

/** A metric as a panel asks for it. */
export interface PanelQuery {
  metric: string;
  params?: Params;
  /** Null: the metric's own grouping. */
  group_by: string[] | null;
  legend?: string;
}

/** A panel's own keys are those of its first query. */
export interface PackPanel extends PanelQuery {
  id: number;
  and?: PanelQuery[];
  /** One of `visualizations`. */
  show: string;
  title?: string;
  description?: string;
  no_value?: string;
  width?: number;
  height?: number;
  min?: number;
  max?: number;
  signed?: boolean;
  axis_label?: string;
  axis_unit?: string;
  colors?: SeriesColor[];
  states?: State[];
  bar?: string;
  piece?: string;
}

export interface SeriesColor {
  series: string;
  color: string;
}

export interface State {
  value: number;
  text: string;
  color: string;
}
