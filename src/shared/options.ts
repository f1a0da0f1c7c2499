import { DataSourceJsonData } from '@grafana/data';

import { ReportOptions } from './reportOptions';

/** A link from an exemplar to its trace. The fields have the names that Grafana's Prometheus data source uses. */
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
  /** The scrape interval of Prometheus, as a duration. */
  timeInterval?: string;
  /** The time limit of one query, as a duration. */
  queryTimeout?: string;
  httpMethod?: 'POST' | 'GET';
  /**
   * Query parameters that are added to every request, in the form `name=value&name2=value2`. A query can't override
   * them.
   */
  customQueryParameters?: string;

  // Limits of one response. The backend defines the defaults.
  /** The maximum size of one response, and of all responses for one request from Grafana together, decompressed. */
  responseLimitMiB?: number;
  seriesLimit?: number;
  sampleLimit?: number;
  /** Whether a panel shows a part of a response that exceeds a limit, with a notice. If not, the query fails. */
  partialData?: boolean;
  /** Whether alert rules use partial results, which servers return if they can't read all of their storage. */
  partialAlerts?: boolean;
  /** Whether panels show PromQL infos as notices. */
  showInfos?: boolean;
  /**
   * The maximum number of retries after a failed connection. It doesn't limit retries after timeouts or other failures.
   */
  maxRetries?: number;

  exemplarTraceIdDestinations?: TraceDestination[];

  /** User packs in YAML, one document or several. */
  packs?: string;
  /** Names of disabled built-in packs. Unknown names are ignored. */
  disabledPacks?: string[];

  /** Settings of the endpoint report (docs/report.md#settings). */
  report?: ReportOptions;

  /** Access rules and the policy for queries, in YAML (docs/governance.md). */
  access?: string;
  /** The URL of an OTLP/HTTP endpoint to which the audit log is sent. */
  auditOtlpUrl?: string;

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
