/**
 * What the dashboards take from a pack: its metrics and its `dashboards:`, under the keys of its YAML. Go reads and checks
 * them (pkg/catalog); pkg/packfile/pack.schema.json describes every key.
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
  annotations: PackAnnotation[] | null;
  rows: PackRow[];
}

/** Events that are marked on the graphs. Title, text and tags have `{{label}}`s in them. */
export interface PackAnnotation {
  name: string;
  metric: string;
  params?: Params;
  /** Null: the metric's own grouping. */
  group_by: string[] | null;
  /** A duration in the place of `$__rate_interval`. */
  window?: string;
  /** The smallest step, as a duration. */
  min_step?: string;
  title: string;
  text?: string;
  tags: string[] | null;
  /** Null: every panel over time shows it. */
  panels: number[] | null;
  color?: string;
  /** It begins switched off. */
  disabled?: boolean;
  /** It has no switch. */
  hidden?: boolean;
}

/** A filter over the values of a label, or of a catalog metric's parameter: it has `values_of` or `param`. */
export interface PackVariable {
  name: string;
  label: string;
  description: string;
  /** The label whose values it lists. */
  values_of?: string;
  /** The parameter whose values it lists. */
  param?: string;
  /** The Prometheus metric that carries the label, or the catalog's that takes the parameter. */
  metric: string;
  /** Filters by label or parameter; `$name` refers to another variable, which makes the two a chain. */
  params?: Params;
  /** One value at a time. */
  single?: boolean;
  /** No "All". */
  required?: boolean;
}

export interface PackRow {
  title: string;
  collapsed?: boolean;
  panels: PackPanel[];
}

/** A metric as a panel asks for it. */
export interface PanelQuery {
  metric: string;
  params?: Params;
  /** Null: the metric's own grouping. */
  group_by: string[] | null;
  legend?: string;
  /** A duration in the place of `$__rate_interval`. */
  window?: string;
  exemplars?: boolean;
  /** Of single values; missing: three significant digits. */
  decimals?: number;
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
  /** The smallest step over time, as a duration. */
  min_step?: string;
  min?: number;
  max?: number;
  /** What the axis reaches at least. */
  soft_max?: number;
  signed?: boolean;
  axis_label?: string;
  axis_unit?: string;
  colors?: SeriesColor[];
  states?: State[];
  bar?: string;
  piece?: string;
  /** A table's labels, before its values; missing: all. */
  columns?: Column[];
  links?: PackLink[];
}

/** The way from a series to the dashboard that shows more of it. */
export interface PackLink {
  title: string;
  /** The dashboard's uid; missing: the panel's own. */
  dashboard?: string;
  /** By variable of that dashboard, the label that gives its value. */
  choose: Record<string, string>;
}

/** A label of a table's rows, under a heading for people. */
export interface Column {
  label: string;
  title: string;
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
