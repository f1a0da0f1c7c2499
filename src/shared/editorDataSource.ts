import { DataQueryRequest, DataQueryResponse, DataSourceApi } from '@grafana/data';
import { Observable } from 'rxjs';

import { Catalog, CatalogMetric, CatalogPreview } from './catalog';
import { NameList } from './nameList';
import { ReportOptions } from './report';
import { CatalogQuery, ModelMetricsOptions, ModelMetricsQuery, Params } from './types';

/** A metric's metadata, as its targets report it. */
export interface MetricMetadata {
  type: string;
  help: string;
}

/**
 * The part of ModelMetricsDataSource that the editors use. The data source imports the editors, so the editors import
 * this interface instead of the class.
 */
export interface EditorDataSource extends DataSourceApi<ModelMetricsQuery, ModelMetricsOptions> {
  query(request: DataQueryRequest<ModelMetricsQuery>): Observable<DataQueryResponse>;

  /** Returns the dashboard's variables as they are written in a query, `$name`, without those of data sources. */
  getVariableNames(): string[];

  /** Returns the complete catalog. It is loaded once. */
  getCatalog(): Promise<Catalog>;

  /** Returns the metrics that contain every word of the text, the best match first. */
  searchCatalog(text: string): Promise<CatalogMetric[]>;

  /** Returns names of metrics that are similar to a name that the catalog doesn't contain. */
  getSimilarMetrics(name: string): Promise<string[]>;

  /** Returns the PromQL of a catalog query. Dashboard variables stay in it as they are written. */
  getPreview(query: CatalogQuery): Promise<CatalogPreview>;

  /** Returns a query of the metric that has data: its required parameters have the first of their values. */
  getExample(metric: CatalogMetric): Promise<CatalogQuery>;

  /**
   * Returns the values of a parameter of a catalog metric on the series that match the `other` parameters. With a
   * `search`, only the values that contain it.
   */
  getParamValues(metric: string, param: string, others?: Params, search?: string): Promise<NameList>;

  /** Returns what a report query can contain. It is loaded once. */
  getReportOptions(): Promise<ReportOptions>;

  /** Returns the ids of the endpoints that have a report. */
  findEndpoints(search?: string): Promise<NameList>;

  /** Returns the names of the labels in Prometheus, on the series of a selector or on any. */
  findLabelNames(selector?: string): Promise<NameList>;

  /** Returns the values of a label on the series of a selector or on any. Those of `__name__` are names of metrics. */
  findLabelValues(label: string, selector?: string): Promise<NameList>;

  /** Returns the metadata of Prometheus's metrics by name. */
  getMetadata(): Promise<Record<string, MetricMetadata[]>>;
}
