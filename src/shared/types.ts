import { DataSourceJsonData } from '@grafana/data';
import { DataQuery } from '@grafana/schema';

/** How a parameter's values are compared with the label. `=` and `!=` take values as they are, the others as regular expressions. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One value, several of which any may match, or values under an operator. */
export type ParamValue = string | string[] | { op: MatchOperator; values: string[] };

/** Filters by parameter name. No values, `$__all` and `.*` mean "no filter". */
export type Params = Record<string, ParamValue>;

export type QueryFormat = 'time_series' | 'time_series_wide' | 'table' | 'heatmap';

/** Which exemplars of a step are kept: some of all sizes, those of the highest values, or every one. */
export type ExemplarSampler = 'spread' | 'highest' | 'all';

/** One of a dashboard's ad-hoc filters. Operators of several values, such as `=|`, have them in `values`. */
export interface AdHocFilter {
  key: string;
  operator: string;
  value: string;
  values?: string[];
}

/** What every query that draws something has, under the names of Grafana's Prometheus data source. */
interface GraphQuery extends DataQuery {
  range?: boolean;
  instant?: boolean;
  format?: QueryFormat;
  /** Of the values at the end alone, which Explore shows in its table. Filled when the query is sent. */
  instantFormat?: QueryFormat;
  legendFormat?: string;
  /** The smallest step, as a duration. */
  interval?: string;
  intervalFactor?: number;
  /** IANA name of the dashboard's time zone; with `utcOffsetSec` it aligns steps to days. Filled when the query is sent. */
  timezone?: string;
  utcOffsetSec?: number;
  /** Fetches exemplars too, for a range query outside of alerts. */
  exemplar?: boolean;
  /** Missing: `spread`. */
  exemplarSampler?: ExemplarSampler;
  /** The dashboard's, filled when the query is sent. Stored where a panel's query went on to Explore alone. */
  adhocFilters?: AdHocFilter[];
  /** Added to the request as in a URL, `name=value&name2=value2`. */
  customQueryParameters?: string;
}

/** Direct PromQL. `queryType` is missing in panels that come from the Prometheus data source, and may be a relic of another. */
export interface PromQLQuery extends GraphQuery {
  queryType?: 'promql';
  expr: string;
  editorMode?: string;
}

/** A metric of the catalog, by its name. */
export interface CatalogQuery extends GraphQuery {
  queryType: 'catalog';
  metric: string;
  params?: Params;
  /** Missing: the metric's own grouping. Empty: everything added up. */
  groupBy?: string[];
  /** A duration in the place of `$__rate_interval`. */
  window?: string;
}

/**
 * Events that a dashboard marks on its graphs: stretches of steps at which a metric of the catalog, or what an `expr`
 * gives, is above 0. Title, text and tags are filled as legends are; `{{value}}` is the highest value.
 */
export interface EventsQuery extends GraphQuery {
  queryType: 'annotation';
  /** PromQL, which comes before the metric. */
  expr?: string;
  metric?: string;
  params?: Params;
  groupBy?: string[];
  window?: string;
  title?: string;
  text?: string;
  tags?: string[];
  /** A value is the time of an event, in Unix milliseconds. */
  useValueForTime?: boolean;
}

interface ListQuery extends DataQuery {
  /** What a person reads in the list of variables, such as `label_values(up{job=~"$job"}, instance)`. */
  query: string;
}

/** Some of Prometheus's series, or all of them. */
export interface SeriesSelection {
  metric?: string;
  params?: Params;
  /** A selector in PromQL that comes before metric and filters: it can say more than they can. */
  match?: string;
}

/** Names of the labels that series have. */
export interface LabelNamesQuery extends ListQuery, SeriesSelection {
  queryType: 'labelNames';
  /** Matches a part of the metrics' names. */
  regex?: string;
}

/** Values of a label, on some series or anywhere. */
export interface LabelValuesQuery extends ListQuery, SeriesSelection {
  queryType: 'labelValues';
  label: string;
}

/** Names of the metrics that Prometheus holds. */
export interface MetricNamesQuery extends ListQuery {
  queryType: 'metricNames';
  /** Matches a part of their names. */
  regex?: string;
}

/** Series by a selector, each as its name and labels. */
export interface SeriesQuery extends ListQuery {
  queryType: 'series';
  match: string;
}

/** Names of the metrics that the catalog holds. */
export interface CatalogMetricsQuery extends ListQuery {
  queryType: 'catalogMetrics';
}

/** Values that a parameter of a catalog metric can take. */
export interface ParamValuesQuery extends ListQuery {
  queryType: 'paramValues';
  metric: string;
  param: string;
  params?: Params;
}

/** Series that a PromQL expression returns. */
export interface QueryResultQuery extends ListQuery {
  queryType: 'queryResult';
  expr: string;
}

/** Queries of dashboard variables: the backend answers them with one frame of one text field. */
export type VariableQuery =
  | LabelNamesQuery
  | LabelValuesQuery
  | MetricNamesQuery
  | SeriesQuery
  | CatalogMetricsQuery
  | ParamValuesQuery
  | QueryResultQuery;

export type ModelMetricsQuery = PromQLQuery | CatalogQuery | EventsQuery | VariableQuery;

/** Says what the backend takes for a query of the catalog: the type may be missing beside a metric alone. */
export function isCatalogQuery(query: ModelMetricsQuery): query is CatalogQuery {
  if (query.queryType) {
    return query.queryType === 'catalog';
  }
  return 'metric' in query && Boolean(query.metric) && !query.expr;
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

/** Tells the query of a dashboard variable from what other data sources store for one. */
export function isVariableQuery(query: unknown): query is VariableQuery {
  return (
    typeof query === 'object' &&
    query !== null &&
    'queryType' in query &&
    Object.keys(VARIABLE_TYPES).includes(String(query.queryType))
  );
}

/** Where a trace id in an exemplar leads, under the names of Grafana's Prometheus data source. */
export interface TraceDestination {
  /** The exemplar's label that holds the trace id. */
  name: string;
  /** A tracing data source. */
  datasourceUid?: string;
  /** Or any page; `${__value.raw}` stands for the trace id. */
  url?: string;
  /** The link's text. */
  urlDisplayLabel?: string;
}

export interface ModelMetricsOptions extends DataSourceJsonData {
  /** How often Prometheus scrapes, as a duration. */
  timeInterval?: string;
  /** How long Prometheus may work on one query, as a duration. */
  queryTimeout?: string;
  httpMethod?: 'POST' | 'GET';
  /** Added to every request as in a URL, `name=value&name2=value2`; a query can't override them. */
  customQueryParameters?: string;

  // Limits of one answer. The backend knows the defaults.
  /** Decompressed. */
  responseLimitMiB?: number;
  seriesLimit?: number;
  sampleLimit?: number;
  /** An answer over a limit is cut there and marked, instead of refused. */
  partialData?: boolean;
  /** Alert rules use a result that the server reports as partial. */
  partialAlerts?: boolean;
  /** Panels show the infos of PromQL as notices. */
  showInfos?: boolean;
  /** Of failures without a limit of their own. */
  maxRetries?: number;

  exemplarTraceIdDestinations?: TraceDestination[];

  /** A user's own packs for the catalog, in YAML: one document or several. */
  packs?: string;
  /** Names of built-in packs that are turned off. Those that the plugin doesn't have are ignored. */
  disabledPacks?: string[];

  // The HTTP settings of Grafana's plugin SDK.
  /** Seconds until a request is given up. */
  timeout?: number;
  keepCookies?: string[];
  oauthPassThru?: boolean;
  tlsAuth?: boolean;
  tlsAuthWithCACert?: boolean;
  tlsSkipVerify?: boolean;
  serverName?: string;
  enableSecureSocksProxy?: boolean;
}
