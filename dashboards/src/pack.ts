/**
 * The parts of a pack that dashboards use, with the keys of its YAML. pkg/catalog parses and checks packs, and
 * pkg/packfile/pack.schema.json describes every key.
 */
import type { Params } from '../../src/shared/types';

export interface Pack {
  pack: string;
  /** The labels with names that people read. */
  label_names?: LabelName[];
  families: Family[];
  metrics: Metric[];
  dashboards: PackDashboard[] | null;
}

/** Names for the values of a label: the values of the label `value` of an info metric. */
export interface LabelName {
  label: string;
  family: string;
  value: string;
}

/** A metric family in Prometheus, from which metrics are computed. */
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

/** A color and the lowest value that is shown in this color. */
export interface Threshold {
  value: number;
  color: string;
}

export interface PackDashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[] | null;
  /** The default time range, as a duration before now. */
  range?: string;
  variables: PackVariable[] | null;
  annotations: PackAnnotation[] | null;
  rows: PackRow[];
}

/** An annotation query, whose events are marked on graphs. Title, text and tags can contain labels as `{{label}}`. */
export interface PackAnnotation {
  name: string;
  metric: string;
  params?: Params;
  /** The labels of the grouping. Null means the metric's default grouping. */
  group_by: string[] | null;
  /** A duration that replaces `$__rate_interval` and `$__range`. */
  window?: string;
  /** The minimum step, as a duration. */
  min_step?: string;
  title: string;
  text?: string;
  tags: string[] | null;
  /** The ids of the panels that show the events. Null means all panels with a time axis. */
  panels: number[] | null;
  color?: string;
  /** Whether the annotation is off by default. */
  disabled?: boolean;
  /** Whether the annotation has no switch on the dashboard. */
  hidden?: boolean;
}

/** A dashboard variable that filters by the values of a label (`values_of`) or of a catalog parameter (`param`). */
export interface PackVariable {
  name: string;
  label: string;
  description: string;
  /** The label whose values the variable lists. */
  values_of?: string;
  /** The parameter whose values the variable lists. */
  param?: string;
  /** The Prometheus metric with the label, or the catalog metric with the parameter. */
  metric: string;
  /** Filters by label or parameter. A filter that contains `$x` makes the values depend on the variable x. */
  params?: Params;
  /** Whether only one value can be selected. */
  single?: boolean;
  /** Whether the variable has no option All. */
  required?: boolean;
}

export interface PackRow {
  title: string;
  collapsed?: boolean;
  panels: PackPanel[] | null;
  /** Panels with sections of the endpoint report. They are placed after the other panels of the row. */
  reports?: ReportPanel[] | null;
  /** Lists of alerts. They are placed after all other panels of the row. */
  alerts?: AlertPanel[] | null;
}

/** A list of the alerts that fire. */
export interface AlertPanel {
  id: number;
  title: string;
  description: string;
  /** The values of the alerts' label platform. By default the list contains the alerts of all platforms. */
  platforms?: string[] | null;
  width?: number;
  height?: number;
}

/** A panel that shows a section of the endpoint report. */
export interface ReportPanel {
  id: number;
  section: string;
  endpoints: string[];
  /** By default, the timeframe follows the dashboard's time range. */
  timeframe?: string;
  /** A key of `reportVisualizations`. */
  show: string;
  title: string;
  description: string;
  no_value?: string;
  width?: number;
  height?: number;
  /** Only for tables. */
  columns: ReportColumn[] | null;
  links?: PackLink[];
}

/** A table column of a report panel. */
export interface ReportColumn {
  field: string;
  title: string;
  /** In pixels. Default: automatic. */
  width?: number;
}

/** A query of a panel. */
export interface PanelQuery {
  metric: string;
  params?: Params;
  /** The labels of the grouping. Null means the metric's default grouping. */
  group_by: string[] | null;
  legend?: string;
  /** A duration that replaces `$__rate_interval` and `$__range`, and in an instant query also `$__interval`. */
  window?: string;
  exemplars?: boolean;
  /** The number of decimals in stats, gauges, bar gauges, pies and tables. Default: three significant digits. */
  decimals?: number;
}

/** A panel. Its keys include the keys of its first query. */
export interface PackPanel extends PanelQuery {
  id: number;
  and?: PanelQuery[];
  /** The visualization: a key of `visualizations`. */
  show: string;
  title?: string;
  description?: string;
  no_value?: string;
  /** The number of series to show, the worst first. Default: all series. */
  worst?: number;
  /** The text in place of the value 0. */
  zero?: string;
  width?: number;
  height?: number;
  /** The minimum step, as a duration. */
  min_step?: string;
  min?: number;
  max?: number;
  /** The upper end of the axis, unless a value is higher. */
  soft_max?: number;
  signed?: boolean;
  axis_label?: string;
  axis_unit?: string;
  colors?: SeriesColor[];
  states?: State[];
  bar?: string;
  piece?: string;
  /** A table's columns for labels, which precede its columns for values. Default: all labels. */
  columns?: Column[];
  links?: PackLink[];
}

/** A link from a series to a dashboard with more details. */
export interface PackLink {
  title: string;
  /** The uid of the dashboard. Default: the panel's dashboard. */
  dashboard?: string;
  /**
   * The variables that the link sets. Each key is the name of a variable, and its value is the name of a label. The
   * link sets the variable to the series' value of the label.
   */
  choose?: Record<string, string> | null;
}

/** A column of a table: a label with its heading. */
export interface Column {
  label: string;
  title: string;
  /** In pixels. */
  width?: number;
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
