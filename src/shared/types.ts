import { DataSourceJsonData } from '@grafana/data';
import { DataQuery } from '@grafana/schema';

/** Compares a label with values. The values of `=~` and `!~` are regular expressions. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One value, several values of which any can match, or values with an operator. */
export type ParamValue = string | string[] | { op: MatchOperator; values: string[] };

/** Filters by the name of the parameter. No values, `$__all` and `.*` mean "no filter". */
export type Params = Record<string, ParamValue>;

export type QueryFormat = 'time_series' | 'time_series_wide' | 'table' | 'heatmap';

/** Selects the exemplars of a step: some that are distributed over the values, those with the highest values, or all. */
export type ExemplarSampler = 'spread' | 'highest' | 'all';

/** An ad-hoc filter of a dashboard. Operators with several values, such as `=|`, use `values`. */
export interface AdHocFilter {
  key: string;
  operator: string;
  value: string;
  values?: string[];
}

/** The fields of all queries that return series. The names are those of Grafana's Prometheus data source. */
interface GraphQuery extends DataQuery {
  range?: boolean;
  instant?: boolean;
  format?: QueryFormat;
  /** The format of the instant result, which Explore shows in its table. Set when the query is sent. */
  instantFormat?: QueryFormat;
  legendFormat?: string;
  /** The minimum step, as a duration. */
  interval?: string;
  intervalFactor?: number;
  /** The IANA name of the dashboard's time zone. Set when the query is sent, like `utcOffsetSec`, to align steps to days. */
  timezone?: string;
  utcOffsetSec?: number;
  /** Whether to query exemplars, too. Only for range queries outside of alert rules. */
  exemplar?: boolean;
  /** Default: `spread`. */
  exemplarSampler?: ExemplarSampler;
  /** The dashboard's filters, set when the query is sent. Stored only in a query that was opened in Explore. */
  adhocFilters?: AdHocFilter[];
  /** Added to the request as in a URL, `name=value&name2=value2`. */
  customQueryParameters?: string;
}

/**
 * An expression in PromQL. Queries of the Prometheus data source have no `queryType`. Some dashboards contain a
 * `queryType` of another data source.
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
  /** A duration that replaces `$__rate_interval`. */
  window?: string;
}

/**
 * A section of the report of TensorOne endpoints (docs/report.md). The backend chooses the frames by the section; format,
 * range and instant have no effect.
 */
export interface ReportQuery extends GraphQuery {
  queryType: 'report';
  /** An element that is exactly one variable stands for all its values. */
  endpointIds: string[];
  /** The dotted path of a section, such as `costs.breakdown`. */
  section: string;
  /** Default: `24h`. `auto` follows the time range. */
  timeframe?: string;
  /** The time between two points. Default: that of the timeframe. */
  granularity?: string;
  /** Default: `avg`. */
  aggregation?: string;
}

/**
 * Events that a dashboard marks on its graphs: consecutive steps at which a metric of the catalog, or an expression, is
 * above 0. Title, text and tags are templates like legends; `{{value}}` is the highest value.
 */
export interface EventsQuery extends GraphQuery {
  queryType: 'annotation';
  /** PromQL. It takes precedence over the metric. */
  expr?: string;
  metric?: string;
  params?: Params;
  groupBy?: string[];
  window?: string;
  title?: string;
  text?: string;
  tags?: string[];
  /** Whether a value is the time of an event, in Unix milliseconds. */
  useValueForTime?: boolean;
}

interface ListQuery extends DataQuery {
  /** The text for the list of variables, such as `label_values(up{job=~"$job"}, instance)`. */
  query: string;
}

/** Selects series of Prometheus. Without fields, all series. */
export interface SeriesSelection {
  metric?: string;
  params?: Params;
  /** A selector in PromQL. It takes precedence over metric and params, and can express more. */
  match?: string;
}

/** Lists the names of labels. */
export interface LabelNamesQuery extends ListQuery, SeriesSelection {
  queryType: 'labelNames';
  /** Matches a part of the metric names. */
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
  /** Matches a part of the names. */
  regex?: string;
}

/** Lists the series of a selector with their names and labels. */
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

/** Lists the series that an expression returns. */
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

export type ModelMetricsQuery = PromQLQuery | CatalogQuery | ReportQuery | EventsQuery | VariableQuery;

/** Reports whether a query is a catalog query for the backend: a query with a metric and no expression needs no type. */
export function isCatalogQuery(query: ModelMetricsQuery): query is CatalogQuery {
  if (query.queryType) {
    return query.queryType === 'catalog';
  }
  return 'metric' in query && Boolean(query.metric) && !query.expr;
}

export function isReportQuery(query: ModelMetricsQuery): query is ReportQuery {
  return query.queryType === 'report';
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

/** Reports whether a value is the query of a variable of this data source. Other data sources store other values. */
export function isVariableQuery(query: unknown): query is VariableQuery {
  return (
    typeof query === 'object' &&
    query !== null &&
    'queryType' in query &&
    Object.keys(VARIABLE_TYPES).includes(String(query.queryType))
  );
}

/** A link from an exemplar to its trace. The names are those of Grafana's Prometheus data source. */
export interface TraceDestination {
  /** The exemplar's label with the trace ID. */
  name: string;
  /** The uid of a tracing data source. */
  datasourceUid?: string;
  /** The URL of a page instead of a data source. `${__value.raw}` is the trace ID. */
  url?: string;
  /** The text of the link. */
  urlDisplayLabel?: string;
}

export interface ModelMetricsOptions extends DataSourceJsonData {
  /** How often Prometheus scrapes, as a duration. */
  timeInterval?: string;
  /** The time limit of one query, as a duration. */
  queryTimeout?: string;
  httpMethod?: 'POST' | 'GET';
  /** Added to every request as in a URL, `name=value&name2=value2`. A query can't override these parameters. */
  customQueryParameters?: string;

  // Limits of one response. The backend has the defaults.
  /** Of the decompressed response. */
  responseLimitMiB?: number;
  seriesLimit?: number;
  sampleLimit?: number;
  /** Whether a response over a limit is truncated and marked, instead of an error. */
  partialData?: boolean;
  /** Whether alert rules use a result that the server reports as partial. */
  partialAlerts?: boolean;
  /** Whether panels show PromQL infos as notices. */
  showInfos?: boolean;
  /** For failures without a limit of their own. */
  maxRetries?: number;

  exemplarTraceIdDestinations?: TraceDestination[];

  /** User packs in YAML, one document or several. */
  packs?: string;
  /** Names of disabled built-in packs. Unknown names are ignored. */
  disabledPacks?: string[];

  // The HTTP settings of Grafana's plugin SDK.
  /** The time limit of a request in seconds. */
  timeout?: number;
  keepCookies?: string[];
  oauthPassThru?: boolean;
  tlsAuth?: boolean;
  tlsAuthWithCACert?: boolean;
  tlsSkipVerify?: boolean;
  serverName?: string;
  enableSecureSocksProxy?: boolean;
}
