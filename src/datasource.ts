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
import { Observable } from 'rxjs';

import { annotationSupport } from './annotation/annotationSupport';
import { Catalog, CatalogMetric, CatalogPage, CatalogPreview, CatalogSearch, paramNames } from './shared/catalog';
import { displayText } from './shared/displayText';
import { escapeName } from './shared/escapedName';
import { abstractQuery, importedQueries } from './query/exchange';
import { withFilter } from './query/valueFilter';
import { tellHealth } from './config/health';
import { interpolateExpr } from './query/interpolateExpr';
import { interpolateFilters } from './query/interpolateFilters';
import { interpolateQuery } from './query/interpolateQuery';
import { interpolateNames, interpolateParams, interpolateText, paramsAsWritten, variablesIn } from './query/interpolateParams';
import { listed, Listed, withHints } from './shared/nameList';
import { filterSelector } from './shared/promql';
import { kindFields, kindOf, QueryKind } from './query/queryKind';
import { editableQuery, readableQuery } from './shared/readableQuery';
import { isText } from './shared/storedValues';
import { CatalogQuery, isCatalogQuery, isVariableQuery, ModelMetricsOptions, ModelMetricsQuery, Params } from './shared/types';
import { CatalogVariableSupport } from './variable/variableSupport';

/** What a target tells of a metric. */
interface MetricMetadata {
  type: string;
  help: string;
}

/** Names or values in Prometheus's own shape. */
interface NameList {
  data: string[];
  warnings?: string[];
}

/** How many metrics the backend gives at once, at most. */
const CATALOG_PAGE = 1000;

/** How many metrics are named where one is not found. */
const MOST_NEAREST = 3;

/** Fills dashboard variables into queries and hands them to the backend, which decides what they mean. */
export class ModelMetricsDataSource extends DataSourceWithBackend<ModelMetricsQuery, ModelMetricsOptions> {
  private loadingCatalog?: Promise<Catalog>;
  private catalog?: Catalog;

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
    return super.query({
      ...request,
      targets: request.app === CoreApp.Explore ? targets.map(withTableAtEnd) : targets,
    });
  }

  applyTemplateVariables(
    query: ModelMetricsQuery,
    scopedVars: ScopedVars,
    filters?: AdHocVariableFilter[]
  ): ModelMetricsQuery {
    return interpolateQuery(query, this.templateSrv, scopedVars, filters);
  }

  /** A query that asks nothing yet is not sent. */
  filterQuery(stored: ModelMetricsQuery): boolean {
    const query = readableQuery(stored);
    if (query.hide) {
      return false;
    }
    if (isCatalogQuery(query)) {
      return Boolean(query.metric);
    }
    switch (query.queryType) {
      case 'annotation':
        return isAsked(query.expr ?? query.metric);
      case 'labelValues':
        return Boolean(query.label);
      case 'paramValues':
        return Boolean(query.metric && query.param);
      case 'labelNames':
      case 'metricNames':
      case 'catalogMetrics':
        return true;
      case 'series':
        return isAsked(query.match);
      default:
        return isAsked(query.expr);
    }
  }

  getDefaultQuery(app: CoreApp): Partial<CatalogQuery> {
    return { queryType: 'catalog', metric: '', params: {}, ...kindFields(DEFAULT_KINDS[app] ?? 'range') };
  }

  /** Whether a query can differ from dashboard to dashboard. */
  targetContainsTemplate(query: ModelMetricsQuery): boolean {
    return variablesIn(query).some((variable) => this.templateSrv.containsTemplate(variable));
  }

  /** Filters for a value, or filters it out, as Explore's table asks. */
  modifyQuery(query: ModelMetricsQuery, { type, options: { key, value } = {} }: QueryFixAction): ModelMetricsQuery {
    const operator = FILTER_ACTIONS[type];
    if (!operator || !key || !value || isVariableQuery(query) || query.queryType === 'annotation') {
      return query;
    }
    const metric = isCatalogQuery(query) && this.catalog?.metrics.find(({ name }) => name === query.metric);
    return withFilter(query, { key, operator, value }, metric ? paramNames(metric) : []);
  }

  /**
   * Takes over what another data source was asked. There is no importFromAbstractQueries: Grafana would prefer it, and
   * of Prometheus's queries nothing but labels would arrive.
   */
  importQueries(queries: DataQuery[], origin: DataSourceApi): Promise<ModelMetricsQuery[]> {
    return importedQueries(queries, origin, this.type);
  }

  /** Tells another data source what was asked here. */
  exportToAbstractQueries(queries: ModelMetricsQuery[]): Promise<AbstractQuery[]> {
    return Promise.all(queries.map((query) => abstractQuery(query, (metric) => this.getPromQL(metric))));
  }

  private async getPromQL(metric: string): Promise<string> {
    return (await this.read<{ query: string }>(`catalog/${encodeURIComponent(metric)}/explain`)).query;
  }

  getQueryDisplayText(query: ModelMetricsQuery): string {
    return displayText(editableQuery(query));
  }

  /** "Save & test" comes through here. The settings page shows more of what was found than Grafana does. */
  async callHealthCheck(): Promise<HealthCheckResult> {
    const result = await super.callHealthCheck();
    tellHealth(this.uid, result?.details);
    return result;
  }

  /** What the catalog holds. It is asked once: a change of settings makes a new data source. */
  getCatalog(): Promise<Catalog> {
    this.loadingCatalog ??= this.readCatalog().catch((error: unknown) => {
      this.loadingCatalog = undefined;
      throw error;
    });
    return this.loadingCatalog;
  }

  private async readCatalog(): Promise<Catalog> {
    const readPage = (offset: number) => this.read<CatalogPage>('catalog', { limit: CATALOG_PAGE, offset });
    const { packs, total, ...first } = await readPage(0);
    const metrics = [...first.metrics];
    while (metrics.length < total) {
      const page = await readPage(metrics.length);
      if (page.metrics.length === 0) {
        break; // The settings were changed meanwhile, and there are fewer now.
      }
      metrics.push(...page.metrics);
    }
    this.catalog = { packs, metrics };
    return this.catalog;
  }

  /** Metrics of the catalog that a name which it doesn't have may stand for. */
  async getNearestMetrics(name: string): Promise<string[]> {
    const { metrics, nearest = [] } = await this.read<CatalogSearch>('catalog/search', { search: name });
    return [...metrics.map((metric) => metric.name), ...nearest].slice(0, MOST_NEAREST);
  }

  /** The PromQL that asks what a catalog query asks. Variables stand in it as they would be written there. */
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

  /** A query of the metric that has an answer: with the first values of the parameters that it needs. */
  async getExample({ name, type, required_params }: CatalogMetric): Promise<CatalogQuery> {
    const params: Params = {};
    for (const param of required_params) {
      const { values } = await this.getParamValues(name, param, params);
      params[param] = values.slice(0, 1);
    }
    const format = type === 'histogram' ? { format: 'heatmap' as const } : {};
    return { refId: 'A', queryType: 'catalog', metric: name, params, range: true, ...format };
  }

  /**
   * The values that `param` of a catalog metric can take beside the other parameters that are `chosen`, or those of them
   * that have `search` in them.
   */
  getParamValues(metric: string, param: string, chosen: Params = {}, search = ''): Promise<Listed> {
    const { [param]: _, ...others } = interpolateParams(chosen, this.templateSrv, {});
    const path = `catalog/${encodeURIComponent(metric)}/values/${encodeURIComponent(param)}`;
    return this.postResource<Listed>(path, { params: others, search }, { showErrorAlert: false });
  }

  /** Label names that Prometheus knows, on the series of a selector or anywhere. */
  findLabelNames(selector?: string): Promise<Listed> {
    return this.listNames('api/v1/labels', selector);
  }

  /** Values of a label on the series of a selector; those of `__name__` are the names of metrics. */
  findLabelValues(label: string, selector?: string): Promise<Listed> {
    return this.listNames(`api/v1/label/${escapeName(label)}/values`, selector);
  }

  private async listNames(path: string, selector?: string): Promise<Listed> {
    const match = selector ? { 'match[]': interpolateExpr(selector, this.templateSrv, {}) } : undefined;
    return listed(await this.read<NameList>(path, match));
  }

  /** What is known of Prometheus's metrics, by their names. */
  async getMetadata(): Promise<Record<string, MetricMetadata[]>> {
    return (await this.read<{ data: Record<string, MetricMetadata[]> }>('api/v1/metadata')).data;
  }

  /** Labels that an ad-hoc filter can be about, beside the other filters. */
  async getTagKeys(options: DataSourceGetTagKeysOptions<ModelMetricsQuery> = { filters: [] }) {
    const labels = await this.listTags('api/v1/labels', options);
    return labels.filter(({ text }) => !isForMachines(text));
  }

  /** Values that an ad-hoc filter on a label can have, beside the other filters. */
  getTagValues(options: DataSourceGetTagValuesOptions): Promise<MetricFindValue[]> {
    return this.listTags(`api/v1/label/${escapeName(options.key)}/values`, options);
  }

  /**
   * Lists what the chosen filters leave in the time range. Grafana lists it once, without what is typed, so a list that
   * is truncated ends with a hint. Grafana shows an error, too: the plugin has no editor there.
   */
  private async listTags(
    path: string,
    { filters, timeRange }: Pick<DataSourceGetTagKeysOptions, 'filters' | 'timeRange'>
  ): Promise<MetricFindValue[]> {
    const match = filterSelector(interpolateFilters(filters, this.templateSrv, {}));
    const answer = await this.getResource<NameList>(path, {
      ...(match && { 'match[]': match }),
      ...(timeRange && { start: seconds(timeRange.from), end: seconds(timeRange.to) }),
    });
    return withHints(listed(answer)).map((text) => ({ text }));
  }

  /** Asks the backend. The editors show what goes wrong where it matters, so Grafana need not do it in a corner too. */
  private read<T>(path: string, params?: Record<string, string | string[] | number>): Promise<T> {
    return this.getResource<T>(path, params, { showErrorAlert: false });
  }

  /** The dashboard's variables as they are written in a query, `$name`, but for those that hold a data source. */
  getVariableNames(): string[] {
    const variables = this.templateSrv.getVariables().filter(({ type }) => type !== 'datasource');
    return variables.map(({ name }) => `$${name}`);
  }
}

const DEFAULT_KINDS: Partial<Record<CoreApp, QueryKind>> = {
  [CoreApp.UnifiedAlerting]: 'instant',
  // Explore draws the range, and lists the values at its end in a table.
  [CoreApp.Explore]: 'both',
};

const FILTER_ACTIONS: Partial<Record<string, '=' | '!='>> = { ADD_FILTER: '=', ADD_FILTER_OUT: '!=' };

/** Of something else than text the backend says what is wrong with it. */
function isAsked(text: unknown): boolean {
  return isText(text) ? text.trim() !== '' : Boolean(text);
}

/** A filter on a metric's name leaves every other metric's panel empty, one on buckets every quantile. */
function isForMachines(label: string): boolean {
  return label.startsWith('__') || label === 'le';
}

/** Explore's table has a column for each label. */
function withTableAtEnd<Query extends ModelMetricsQuery>(query: Query): Query {
  const isGraph = !isVariableQuery(query) && (query.format ?? 'time_series') === 'time_series';
  return isGraph && kindOf(query) !== 'range' ? { ...query, instantFormat: 'table' } : query;
}

function seconds(time: DateTime): number {
  return Math.round(time.valueOf() / 1000);
}

function ianaTimeZone(timezone: string): string {
  if (timezone === '' || timezone === 'browser') {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  return timezone === 'utc' ? 'UTC' : timezone;
}
