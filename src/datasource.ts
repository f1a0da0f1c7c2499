import {
  CoreApp,
  DataQueryRequest,
  DataQueryResponse,
  DataSourceInstanceSettings,
  dateTimeForTimeZone,
  ScopedVars,
} from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv, TemplateSrv } from '@grafana/runtime';
import { Observable } from 'rxjs';

import { Catalog, ParamValueList } from './catalog';
import { displayText } from './displayText';
import {
  interpolateExpr,
  interpolateNames,
  interpolateParams,
  interpolateText,
  isWithOperator,
  paramValues,
} from './interpolation';
import { CatalogQuery, isCatalogQuery, ModelMetricsOptions, ModelMetricsQuery, Params } from './types';
import { CatalogVariableSupport } from './variables';

/** Fills dashboard variables into queries and hands them to the backend, which decides what they mean. */
export class ModelMetricsDataSource extends DataSourceWithBackend<ModelMetricsQuery, ModelMetricsOptions> {
  private loadingCatalog?: Promise<Catalog>;

  constructor(
    instanceSettings: DataSourceInstanceSettings<ModelMetricsOptions>,
    private readonly templateSrv: TemplateSrv = getTemplateSrv()
  ) {
    super(instanceSettings);
    this.variables = new CatalogVariableSupport(this);
  }

  query(request: DataQueryRequest<ModelMetricsQuery>): Observable<DataQueryResponse> {
    const timezone = ianaTimeZone(request.timezone);
    const utcOffsetSec = dateTimeForTimeZone(timezone, request.range.to.valueOf()).utcOffset() * 60;
    return super.query({
      ...request,
      targets: request.targets.map((target) => ({ ...target, timezone, utcOffsetSec })),
    });
  }

  applyTemplateVariables(query: ModelMetricsQuery, scopedVars: ScopedVars): ModelMetricsQuery {
    const text = (value: string) => interpolateText(value, this.templateSrv, scopedVars);
    const params = (value: Params | undefined) => interpolateParams(value, this.templateSrv, scopedVars);

    if (isCatalogQuery(query)) {
      return {
        ...query,
        metric: text(query.metric),
        params: params(query.params),
        groupBy: query.groupBy && interpolateNames(query.groupBy, this.templateSrv, scopedVars),
        window: query.window && text(query.window),
        interval: query.interval && text(query.interval),
        legendFormat: query.legendFormat && text(query.legendFormat),
      };
    }
    switch (query.queryType) {
      case 'labelNames':
        return { ...query, metric: query.metric && text(query.metric), params: params(query.params) };
      case 'labelValues':
        return {
          ...query,
          label: text(query.label),
          metric: query.metric && text(query.metric),
          params: params(query.params),
        };
      case 'paramValues':
        return { ...query, metric: text(query.metric), param: text(query.param), params: params(query.params) };
      case 'metricNames':
      case 'catalogMetrics':
        return query;
      case 'queryResult':
        return { ...query, expr: interpolateExpr(query.expr, this.templateSrv, scopedVars) };
      default:
        return {
          ...query,
          expr: interpolateExpr(query.expr, this.templateSrv, scopedVars),
          interval: query.interval && text(query.interval),
          legendFormat: query.legendFormat && text(query.legendFormat),
        };
    }
  }

  /** A query that asks nothing yet is not sent. */
  filterQuery(query: ModelMetricsQuery): boolean {
    if (query.hide) {
      return false;
    }
    if (isCatalogQuery(query)) {
      return Boolean(query.metric);
    }
    switch (query.queryType) {
      case 'labelValues':
        return Boolean(query.label);
      case 'paramValues':
        return Boolean(query.metric && query.param);
      case 'labelNames':
      case 'metricNames':
      case 'catalogMetrics':
        return true;
      default:
        return Boolean(query.expr?.trim());
    }
  }

  getDefaultQuery(app: CoreApp): Partial<CatalogQuery> {
    const instant = app === CoreApp.UnifiedAlerting;
    return { queryType: 'catalog', metric: '', params: {}, range: !instant, instant };
  }

  getQueryDisplayText(query: ModelMetricsQuery): string {
    return displayText(query);
  }

  /** What the catalog holds. It is asked once: a change of settings makes a new data source. */
  getCatalog(): Promise<Catalog> {
    this.loadingCatalog ??= this.read<Catalog>('catalog').catch((error: unknown) => {
      this.loadingCatalog = undefined;
      throw error;
    });
    return this.loadingCatalog;
  }

  /** The values that `param` of a catalog metric can take beside the other parameters that are `chosen`. */
  getParamValues(metric: string, param: string, chosen: Params = {}): Promise<ParamValueList> {
    const filters = Object.entries(interpolateParams(chosen, this.templateSrv, {}))
      // A query string can say "one of these values" only; other operators narrow the list less, never wrongly.
      .filter(([name, value]) => name !== param && !isWithOperator(value))
      .map(([name, value]) => [name, paramValues(value)]);
    const path = `catalog/${encodeURIComponent(metric)}/values/${encodeURIComponent(param)}`;
    return this.read<ParamValueList>(path, Object.fromEntries(filters));
  }

  /** Label names that Prometheus knows, on one of its metrics or anywhere. */
  async getLabelNames(metric?: string): Promise<string[]> {
    const match = metric ? { 'match[]': interpolateText(metric, this.templateSrv, {}) } : undefined;
    return (await this.read<{ data: string[] }>('api/v1/labels', match)).data;
  }

  /** Values of a label that Prometheus knows; those of `__name__` are the names of its metrics. */
  async getLabelValues(label: string): Promise<string[]> {
    return (await this.read<{ data: string[] }>(`api/v1/label/${encodeURIComponent(label)}/values`)).data;
  }

  /** Asks the backend. The editors show what goes wrong where it matters, so Grafana need not do it in a corner too. */
  private read<T>(path: string, params?: Record<string, string | string[]>): Promise<T> {
    return this.getResource<T>(path, params, { showErrorAlert: false });
  }

  /** The dashboard's variables as they are written in a query, `$name`, but for those that hold a data source. */
  getVariableNames(): string[] {
    const variables = this.templateSrv.getVariables().filter(({ type }) => type !== 'datasource');
    return variables.map(({ name }) => `$${name}`);
  }
}

function ianaTimeZone(timezone: string): string {
  if (timezone === '' || timezone === 'browser') {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  return timezone === 'utc' ? 'UTC' : timezone;
}
