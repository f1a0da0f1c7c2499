import {
  AbstractQuery,
  AdHocVariableFilter,
  CoreApp,
  DataQueryRequest,
  DataQueryResponse,
  DataSourceApi,
  DataSourceGetTagKeysOptions,
  DataSourceGetTagValuesOptions,
  DataSourceInstanceSettings,
  DateTime,
  dateTimeForTimeZone,
  MetricFindValue,
  QueryFixAction,
  ScopedVars,
} from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv, HealthCheckResult, TemplateSrv } from '@grafana/runtime';
import { DataQuery } from '@grafana/schema';
import { map, Observable } from 'rxjs';

import { annotationSupport } from './annotation/annotationSupport';
import { publishHealthCheck } from './config/health';
import { abstractQuery, importedQueries, withoutLabels } from './query/exchange';
import { exportedQueries, queryOfPrometheus, RenderedQuery } from './query/exportedQueries';
import { interpolateExpr } from './interpolation/interpolateExpr';
import { interpolateFilters } from './interpolation/interpolateFilters';
import { interpolateNames, interpolateParams, paramsAsWritten } from './interpolation/interpolateParams';
import { interpolateQuery } from './interpolation/interpolateQuery';
import { interpolateText } from './interpolation/interpolateText';
import { DEFAULT_KINDS, kindFields } from './query/queryKind';
import { withInstantTable } from './query/instantTable';
import { isRunnable } from './query/runnableQuery';
import { withFilter } from './query/valueFilter';
import { CallerAccess, withReadableRefusals } from './shared/access';
import { Catalog, CatalogMetric, CatalogPage, CatalogPreview, CatalogSearch, paramNames } from './shared/catalog';
import { displayText } from './shared/displayText';
import { EditorDataSource, MetricMetadata } from './shared/editorDataSource';
import { escapeName } from './shared/escapedName';
import { loadOnce } from './shared/loadOnce';
import { MAX_NAMES, NameList, NameListResponse, readNameList, withHints } from './shared/nameList';
import { ModelMetricsOptions } from './shared/options';
import { escapeRegex, escapeString, filterSelector } from './shared/promql';
import { editableQuery } from './shared/readableQuery';
import { readRules } from './shared/rules';
import { ianaTimeZone } from './shared/timeZone';
import { ENDPOINT_LABEL, ENDPOINT_METRIC, ReportOptions } from './shared/report';
import { CatalogQuery, isCatalogQuery, isGraphQuery, ModelMetricsQuery, Params } from './shared/types';
import { variablesIn } from './shared/variableReference';
import { CatalogVariableSupport } from './variable/variableSupport';

/** The number of metrics to request at a time. It is the maximum that the backend allows. */
const CATALOG_PAGE = 1000;

/** The maximum number of suggestions for an unknown metric. */
const MAX_SIMILAR = 3;

/** Replaces dashboard variables in queries and sends the queries to the backend, which runs them. */
export class ModelMetricsDataSource
  extends DataSourceWithBackend<ModelMetricsQuery, ModelMetricsOptions>
  implements EditorDataSource
{
  private catalog?: Catalog;

  readonly getAccess = loadOnce(() => this.read<CallerAccess>('access'));

  /** Loads the catalog once (see loadOnce). Grafana creates a new data source when the user saves its settings. */
  readonly getCatalog = loadOnce(() => this.readCatalog());

  readonly getReportOptions = loadOnce(() => this.read<ReportOptions>('catalog/report'));

  constructor(
    instanceSettings: DataSourceInstanceSettings<ModelMetricsOptions>,
    private readonly templateSrv: TemplateSrv = getTemplateSrv()
  ) {
    super(instanceSettings);
    this.variables = new CatalogVariableSupport(this);
    this.annotations = annotationSupport;
  }

  query(request: DataQueryRequest<ModelMetricsQuery>): Observable<DataQueryResponse> {
    const timezone = ianaTimeZone(request.timezone);
    const utcOffsetSec = dateTimeForTimeZone(timezone, request.range.to.valueOf()).utcOffset() * 60;
    const targets = request.targets.map((target) => ({ ...target, timezone, utcOffsetSec }));
    const isExplore = request.app === CoreApp.Explore;
    return super
      .query({ ...request, targets: isExplore ? targets.map(withInstantTable) : targets })
      .pipe(map(withReadableRefusals));
  }

  applyTemplateVariables(
    query: ModelMetricsQuery,
    scopedVars: ScopedVars,
    filters?: AdHocVariableFilter[]
  ): ModelMetricsQuery {
    return interpolateQuery(query, this.templateSrv, scopedVars, filters);
  }

  filterQuery(query: ModelMetricsQuery): boolean {
    return isRunnable(query);
  }

  getDefaultQuery(app: CoreApp): Partial<CatalogQuery> {
    return { queryType: 'catalog', metric: '', params: {}, units: true, ...kindFields(DEFAULT_KINDS[app] ?? 'range') };
  }

  /** Reports whether a query contains dashboard variables. */
  targetContainsTemplate(query: ModelMetricsQuery): boolean {
    return variablesIn(query).some((variable) => this.templateSrv.containsTemplate(variable));
  }

  /** Adds a filter for a value that the user selects in Explore's table, or a filter that excludes the value. */
  modifyQuery(query: ModelMetricsQuery, { type, options: { key, value } = {} }: QueryFixAction): ModelMetricsQuery {
    const operator = FILTER_ACTIONS[type];
    if (!operator || !key || !value || !isGraphQuery(query)) {
      return query;
    }
    const metric = isCatalogQuery(query) && this.catalog?.metrics.find(({ name }) => name === query.metric);
    return withFilter(query, { key, operator, value }, metric ? paramNames(metric) : []);
  }

  /**
   * Converts the queries of another data source. The class has no importFromAbstractQueries, because Grafana would call
   * that method instead of this one, and pass it only the labels of Prometheus queries.
   */
  importQueries(queries: DataQuery[], origin: DataSourceApi): Promise<ModelMetricsQuery[]> {
    return importedQueries(queries, origin, this.type);
  }

  /**
   * Converts queries for another data source. A query of a metric that the catalog no longer has is exported without
   * labels, so that the user can still change the data source.
   */
  async exportToAbstractQueries(queries: ModelMetricsQuery[]): Promise<AbstractQuery[]> {
    const exported = queries.map(async (query) => ({
      labels: await abstractQuery(query, (metric) => this.getPromQL(metric)).catch(() => withoutLabels(query)),
      ofPrometheus: await queryOfPrometheus(query, (catalogQuery) => this.render(catalogQuery)).catch(() => undefined),
    }));
    return exportedQueries(await Promise.all(exported));
  }

  private async render(query: CatalogQuery): Promise<RenderedQuery> {
    const [preview, { metrics }] = await Promise.all([this.getPreview(query), this.getCatalog()]);
    const legend = query.groupBy ? undefined : metrics.find(({ name }) => name === query.metric)?.legend;
    return { ...preview, legend };
  }

  private async getPromQL(metric: string): Promise<string> {
    return (await this.read<{ query: string }>(`catalog/${encodeURIComponent(metric)}/explain`)).query;
  }

  getQueryDisplayText(query: ModelMetricsQuery): string {
    return displayText(editableQuery(query));
  }

  /** Runs "Save & test" and publishes the details, which the settings page shows in addition to Grafana's message. */
  async callHealthCheck(): Promise<HealthCheckResult> {
    const result = await super.callHealthCheck();
    publishHealthCheck(this.uid, result?.details);
    return result;
  }

  private async readCatalog(): Promise<Catalog> {
    const readPage = (offset: number) => this.read<CatalogPage>('catalog', { limit: CATALOG_PAGE, offset });
    const { packs, total, ...first } = await readPage(0);
    const metrics = [...first.metrics];
    while (metrics.length < total) {
      const page = await readPage(metrics.length);
      if (page.metrics.length === 0) {
        break; // The settings have changed meanwhile, and the catalog is smaller now.
      }
      metrics.push(...page.metrics);
    }
    this.catalog = { packs, metrics };
    return this.catalog;
  }

  findEndpoints(search = ''): Promise<NameList> {
    const pattern = escapeString(`(?i).*${escapeRegex(search)}.*`, '"');
    return this.findLabelValues(
      ENDPOINT_LABEL,
      search ? `${ENDPOINT_METRIC}{${ENDPOINT_LABEL}=~"${pattern}"}` : ENDPOINT_METRIC
    );
  }

  searchCatalog(text: string): Promise<CatalogSearch> {
    return this.read<CatalogSearch>('catalog/search', { search: text, limit: CATALOG_PAGE });
  }

  async getSimilarMetrics(name: string): Promise<string[]> {
    const { metrics, nearest = [] } = await this.read<CatalogSearch>('catalog/search', { search: name });
    return [...metrics.map((metric) => metric.name), ...nearest].slice(0, MAX_SIMILAR);
  }

  getPreview({ metric, params, groupBy, window, range, instant }: CatalogQuery): Promise<CatalogPreview> {
    const query = {
      metric: interpolateText(metric, this.templateSrv, {}),
      params: paramsAsWritten(params, this.templateSrv),
      groupBy: groupBy && interpolateNames(groupBy, this.templateSrv, {}),
      window: window && interpolateText(window, this.templateSrv, {}),
      range,
      instant,
    };
    return this.postResource<CatalogPreview>('catalog/preview', query, { showErrorAlert: false });
  }

  async getExample({ name, type, required_params }: CatalogMetric): Promise<CatalogQuery> {
    const params: Params = {};
    for (const param of required_params) {
      const { values } = await this.getParamValues(name, param, params);
      params[param] = values.slice(0, 1);
    }
    const format = type === 'histogram' ? { format: 'heatmap' as const } : {};
    return { refId: 'A', queryType: 'catalog', metric: name, params, units: true, range: true, ...format };
  }

  getParamValues(metric: string, param: string, params: Params = {}, search = ''): Promise<NameList> {
    const { [param]: _, ...others } = interpolateParams(params, this.templateSrv, {});
    const path = `catalog/${encodeURIComponent(metric)}/values/${encodeURIComponent(param)}`;
    return this.postResource<NameList>(path, { params: others, search }, { showErrorAlert: false });
  }

  findLabelNames(selector?: string): Promise<NameList> {
    return this.findNames('api/v1/labels', selector);
  }

  findLabelValues(label: string, selector?: string): Promise<NameList> {
    return this.findNames(`api/v1/label/${escapeName(label)}/values`, selector);
  }

  private async findNames(path: string, selector?: string): Promise<NameList> {
    const match = selector ? { 'match[]': interpolateExpr(selector, this.templateSrv, {}) } : undefined;
    return readNameList(await this.read<NameListResponse>(path, { ...match, limit: MAX_NAMES }));
  }

  readonly getKnowledge = loadOnce(async () => ({
    metadata: await this.getMetadata().catch(() => ({})),
    rules: await readRules(this.getAccess, (path, params) => this.read(path, params)).catch(() => []),
  }));

  async getMetadata(): Promise<Record<string, MetricMetadata[]>> {
    return (await this.read<{ data: Record<string, MetricMetadata[]> }>('api/v1/metadata', { limit: MAX_NAMES })).data;
  }

  /** Returns the label names of the series that match the other ad-hoc filters, except those of isInternalLabel. */
  async getTagKeys(options: DataSourceGetTagKeysOptions<ModelMetricsQuery> = { filters: [] }) {
    const labels = await this.listTags('api/v1/labels', options);
    return labels.filter(({ text }) => !isInternalLabel(text));
  }

  /** Returns the values of a label for an ad-hoc filter: those of the series that match the other filters. */
  getTagValues(options: DataSourceGetTagValuesOptions): Promise<MetricFindValue[]> {
    return this.listTags(`api/v1/label/${escapeName(options.key)}/values`, options);
  }

  /**
   * Lists label names or label values of the series that match the filters in the time range. Grafana doesn't pass the
   * text that the user types, so a truncated list can't be searched and ends with a hint. If the request fails, Grafana
   * shows an alert, because the plugin has no editor for ad-hoc filters that could show the error.
   */
  private async listTags(
    path: string,
    { filters, timeRange }: Pick<DataSourceGetTagKeysOptions, 'filters' | 'timeRange'>
  ): Promise<MetricFindValue[]> {
    const match = filterSelector(interpolateFilters(filters, this.templateSrv, {}));
    const response = await this.getResource<NameListResponse>(path, {
      ...(match && { 'match[]': match }),
      ...(timeRange && { start: seconds(timeRange.from), end: seconds(timeRange.to) }),
      limit: MAX_NAMES,
    });
    return withHints(readNameList(response)).map((text) => ({ text }));
  }

  /** Reads a resource of the backend. Grafana shows no alert for an error, because the editors show it at the field. */
  private read<T>(path: string, params?: Record<string, string | string[] | number>): Promise<T> {
    return this.getResource<T>(path, params, { showErrorAlert: false });
  }

  getVariableNames(): string[] {
    return this.templateSrv.getVariables().flatMap(({ name, type }) => (type === 'datasource' ? [] : [`$${name}`]));
  }
}

const FILTER_ACTIONS: Partial<Record<string, '=' | '!='>> = { ADD_FILTER: '=', ADD_FILTER_OUT: '!=' };

/**
 * Reports whether ad-hoc filters shouldn't offer a label: `le` or a label that begins with `__`. For example, a filter
 * on the metric name empties the panels of all other metrics. A filter on `le` removes buckets that quantiles need.
 */
function isInternalLabel(label: string): boolean {
  return label.startsWith('__') || label === 'le';
}

function seconds(time: DateTime): number {
  return Math.round(time.valueOf() / 1000);
}
