import { DataQueryRequest, DataQueryResponse, DataSourceApi } from '@grafana/data';
import { Observable } from 'rxjs';

import { CallerAccess } from './access';
import { Catalog, CatalogMetric, CatalogPreview, CatalogSearch } from './catalog';
import { NameList } from './nameList';
import { ModelMetricsOptions } from './options';
import { ReportOptions } from './report';
import { CatalogQuery, ModelMetricsQuery, Params } from './types';

/** The metadata that scrape targets expose for a metric. */
export interface MetricMetadata {
  type: string;
  help: string;
}

/** A recording rule of Prometheus: the name of the recorded metric and its expression. */
export interface RecordingRule {
  name: string;
  query: string;
}

/** What hints about an expression need to know. */
export interface MetricKnowledge {
  metadata: Record<string, MetricMetadata[]>;
  rules: RecordingRule[];
}

/**
 * The methods of ModelMetricsDataSource that the editors use. The class imports the editors, so the editors import this
 * interface instead, to avoid an import cycle.
 */
export interface EditorDataSource extends DataSourceApi<ModelMetricsQuery, ModelMetricsOptions> {
  query(request: DataQueryRequest<ModelMetricsQuery>): Observable<DataQueryResponse>;

  /** Returns the dashboard's variables in the form `$name`. Data source variables are omitted. */
  getVariableNames(): string[];

  /** Returns what the access rules and the policy permit the current user. It is loaded once (see loadOnce). */
  getAccess(): Promise<CallerAccess>;

  /** Returns the complete catalog. It is loaded once (see loadOnce). */
  getCatalog(): Promise<Catalog>;

  /** Returns the metrics that match all words of the text, the best match first. */
  searchCatalog(text: string): Promise<CatalogSearch>;

  /** Returns the names of metrics that are similar to a name that the catalog doesn't contain. */
  getSimilarMetrics(name: string): Promise<string[]>;

  /**
   * Returns the PromQL of a catalog query. Dashboard variables in parameters are kept as they are written. Variables in
   * the metric, the grouping and the window are replaced.
   */
  getPreview(query: CatalogQuery): Promise<CatalogPreview>;

  /**
   * Returns an example query of the metric. The query is likely to have data, because each required parameter is set to
   * the first value that getParamValues lists, if there is one.
   */
  getExample(metric: CatalogMetric): Promise<CatalogQuery>;

  /**
   * Returns the values that a parameter of a catalog metric has in the series that match the parameters in `others`. If
   * `search` is set, returns only the values that contain it.
   */
  getParamValues(metric: string, param: string, others?: Params, search?: string): Promise<NameList>;

  /** Returns the sections, timeframes and aggregations of report queries. They are loaded once (see loadOnce). */
  getReportOptions(): Promise<ReportOptions>;

  /** Returns the ids of the endpoints that have a report. If `search` is set, returns only the ids that contain it. */
  findEndpoints(search?: string): Promise<NameList>;

  /** Returns the label names of the series that a selector matches. Without a selector, uses all series. */
  findLabelNames(selector?: string): Promise<NameList>;

  /**
   * Returns the values of a label in the series that a selector matches. Without a selector, uses all series. The
   * values of `__name__` are metric names.
   */
  findLabelValues(label: string, selector?: string): Promise<NameList>;

  /** Returns the metadata of Prometheus's metrics by name. */
  getMetadata(): Promise<Record<string, MetricMetadata[]>>;

  /**
   * Returns the metadata of metrics and the recording rules. If the server doesn't return one of them, it is empty. Both
   * are loaded once.
   */
  getKnowledge(): Promise<MetricKnowledge>;
}
