import { DataQuery } from '@grafana/schema';

/** The operators that compare a label with values. The values of `=~` and `!~` are regular expressions. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** The values of a parameter: one value; several values, any of which can match; or values with an operator. */
export type ParamValue = string | string[] | { op: MatchOperator; values: string[] };

/** The parameters of a query by name. An empty value, `$__all` and `.*` mean "no filter". */
export type Params = Record<string, ParamValue>;

export type QueryFormat = 'time_series' | 'time_series_wide' | 'table' | 'heatmap';

/** The exemplars that are kept in each step: some with distinct values, those with the highest values, or all. */
export type ExemplarSampler = 'spread' | 'highest' | 'all';

/** An ad-hoc filter of a dashboard. Operators with several values, such as `=|`, use `values`. */
export interface AdHocFilter {
  key: string;
  operator: string;
  value: string;
  values?: string[];
}

/**
 * The common fields of all queries except variable queries. Fields that also exist in Grafana's Prometheus data source
 * have the same names.
 */
interface GraphQuery extends DataQuery {
  range?: boolean;
  instant?: boolean;
  format?: QueryFormat;
  /** The format of the instant result, which Explore shows in its table. It is set when Explore sends the query. */
  instantFormat?: QueryFormat;
  legendFormat?: string;
  /** The minimum step, as a duration. */
  interval?: string;
  intervalFactor?: number;
  /**
   * The IANA name of the dashboard's time zone. The backend aligns steps in this time zone, so a step of one day begins
   * at local midnight. This field and `utcOffsetSec` are set when the query is sent.
   */
  timezone?: string;
  utcOffsetSec?: number;
  /** Whether to query exemplars, too. It has an effect only on range queries outside of alert rules. */
  exemplar?: boolean;
  /** Default: `spread`. */
  exemplarSampler?: ExemplarSampler;
  /** The dashboard's filters, which are added when the query is sent, and filters that the user selects in Explore. */
  adhocFilters?: AdHocFilter[];
  /** Query parameters that are added to the request, in the form `name=value&name2=value2`. */
  customQueryParameters?: string;
}

/**
 * A PromQL query. Queries of Grafana's Prometheus data source have no `queryType`, and some dashboards contain the
 * `queryType` of another data source. The backend runs these queries as PromQL if they have an expression.
 */
export interface PromQLQuery extends GraphQuery {
  queryType?: 'promql';
  expr: string;
  editorMode?: string;
}

/** A query of a metric of the catalog. */
export interface CatalogQuery extends GraphQuery {
  queryType: 'catalog';
  metric: string;
  params?: Params;
  /** Default: the grouping of the metric. Empty: no grouping. */
  groupBy?: string[];
  /**
   * Whether the result contains the metric's unit, decimals and description. The panel's unit and decimals then have
   * no effect, except in overrides.
   */
  units?: boolean;
  /** A duration that replaces `$__rate_interval` and `$__range`, and in an instant query also `$__interval`. */
  window?: string;
  /**
   * How the result contains the names of labels such as ids. `cells`: in the cells of tables, in place of the values.
   * `label`: as an additional label. Default: only as texts for display.
   */
  displayNames?: 'cells' | 'label';
}

/**
 * A query for a section of the report of TensorOne endpoints (docs/report.md). The section determines the form of the
 * result. The fields `format`, `range` and `instant` have no effect.
 */
export interface ReportQuery extends GraphQuery {
  queryType: 'report';
  /** The ids of the endpoints. An element that is exactly one variable is replaced by all values of the variable. */
  endpointIds: string[];
  /** The dotted path of a section, such as `costs.breakdown`. */
  section: string;
  /** Default: `24h`. `auto` depends on the time range. */
  timeframe?: string;
  /** The time between two points. Default: the default granularity of the timeframe. */
  granularity?: string;
  /** Default: `avg`. */
  aggregation?: string;
}

/**
 * A query for the audit log. The result has a log line for each recorded decision in the time range, up to `limit`. The
 * backend permits the query only to administrators. `actor`, `verdict` and `reason` don't filter if they are empty. The
 * fields of GraphQuery have no effect.
 */
export interface AuditQuery extends GraphQuery {
  queryType: 'audit';
  /** The login of a user. For an alert rule, the uid of the rule with the prefix `alert:`. */
  actor?: string;
  verdict?: string;
  /** A reason code. */
  reason?: string;
  /** The maximum number of decisions. The latest ones are returned. Default: 1000. */
  limit?: number;
}

/**
 * A query for annotations, which mark events on the graphs of a dashboard. An event consists of consecutive steps at
 * which a catalog metric or an expression is above 0. Title, text and tags are templates like legends, in which
 * `{{value}}` is the highest value of the event.
 */
export interface EventsQuery extends GraphQuery {
  queryType: 'annotation';
  /** An expression in PromQL, which takes precedence over the metric. */
  expr?: string;
  metric?: string;
  params?: Params;
  groupBy?: string[];
  window?: string;
  title?: string;
  text?: string;
  tags?: string[];
  /** Whether the values are the times of events, in Unix milliseconds. */
  useValueForTime?: boolean;
}

interface ListQuery extends DataQuery {
  /** The text that Grafana shows in the list of variables, such as `label_values(up{job=~"$job"}, instance)`. */
  query: string;
}

/** Selects series in Prometheus. If no field is set, it selects all series. */
export interface SeriesSelection {
  metric?: string;
  params?: Params;
  /** A selector in PromQL, which takes precedence over `metric` and `params`. */
  match?: string;
}

/** Lists the names of labels. */
export interface LabelNamesQuery extends ListQuery, SeriesSelection {
  queryType: 'labelNames';
  /** A regular expression that matches anywhere in a metric name. Only the labels of these metrics are listed. */
  regex?: string;
}

/** Lists the values of a label. */
export interface LabelValuesQuery extends ListQuery, SeriesSelection {
  queryType: 'labelValues';
  label: string;
}

/** Lists the names of the metrics in Prometheus. */
export interface MetricNamesQuery extends ListQuery {
  queryType: 'metricNames';
  /** A regular expression that matches anywhere in a name. */
  regex?: string;
}

/** Lists the series that a selector matches, with their names and labels. */
export interface SeriesQuery extends ListQuery {
  queryType: 'series';
  match: string;
}

/** Lists the names of the metrics in the catalog. */
export interface CatalogMetricsQuery extends ListQuery {
  queryType: 'catalogMetrics';
}

/** Lists the values of a parameter of a catalog metric. */
export interface ParamValuesQuery extends ListQuery {
  queryType: 'paramValues';
  metric: string;
  param: string;
  params?: Params;
}

/** Lists the series that an expression returns, each with its value and timestamp. */
export interface QueryResultQuery extends ListQuery {
  queryType: 'queryResult';
  expr: string;
}

/** The query of a dashboard variable. The backend returns one frame with one text field. */
export type VariableQuery =
  | LabelNamesQuery
  | LabelValuesQuery
  | MetricNamesQuery
  | SeriesQuery
  | CatalogMetricsQuery
  | ParamValuesQuery
  | QueryResultQuery;

export type ModelMetricsQuery = PromQLQuery | CatalogQuery | ReportQuery | AuditQuery | EventsQuery | VariableQuery;

/**
 * Reports whether the backend runs a query as a catalog query. A query without a type is a catalog query if it has a
 * metric and no expression.
 */
export function isCatalogQuery(query: ModelMetricsQuery): query is CatalogQuery {
  if (query.queryType) {
    return query.queryType === 'catalog';
  }
  return 'metric' in query && Boolean(query.metric) && !query.expr;
}

export function isReportQuery(query: ModelMetricsQuery): query is ReportQuery {
  return query.queryType === 'report';
}

export function isAuditQuery(query: ModelMetricsQuery): query is AuditQuery {
  return query.queryType === 'audit';
}

const VARIABLE_TYPES: Record<VariableQuery['queryType'], true> = {
  labelNames: true,
  labelValues: true,
  metricNames: true,
  series: true,
  catalogMetrics: true,
  paramValues: true,
  queryResult: true,
};

/** Reports whether a query is a catalog query or a PromQL query. The result of such a query can be a graph. */
export function isGraphQuery(query: ModelMetricsQuery): query is CatalogQuery | PromQLQuery {
  const isOther = isReportQuery(query) || isAuditQuery(query) || query.queryType === 'annotation';
  return !isOther && !isVariableQuery(query);
}

/** Reports whether a value is a variable's query of this data source. Other data sources store other values. */
export function isVariableQuery(query: unknown): query is VariableQuery {
  return (
    typeof query === 'object' &&
    query !== null &&
    'queryType' in query &&
    Object.keys(VARIABLE_TYPES).includes(String(query.queryType))
  );
}
