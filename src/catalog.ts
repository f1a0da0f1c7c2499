import { Params } from './types';

/** A metric as the backend's `catalog` resource describes it. */
export interface CatalogMetric {
  name: string;
  title: string;
  description: string;
  /** Grafana unit id. */
  unit: string;
  type: string;
  pack: string;
  tags: string[];
  required_params: string[];
  optional_params: string[];
  /** The default grouping. */
  group_by: string[];
  /** A query may choose its own grouping. */
  groupable: boolean;
  legend: string;
  /** What takes the place of `$__rate_interval` in an instant query. */
  window: string;
}

export interface CatalogPack {
  name: string;
  title: string;
  owner: string;
}

export interface Catalog {
  metrics: CatalogMetric[];
  packs: CatalogPack[];
}

/** Some of the catalog's metrics, of `total`. The packs are always all of them. */
export interface CatalogPage extends Catalog {
  total: number;
}

/** Values that a parameter can take; `truncated` says that there are more. */
export interface ParamValueList {
  values: string[];
  truncated: boolean;
}

/** A metric's parameters, the required ones first. */
export function paramNames(metric: CatalogMetric): string[] {
  return [...metric.required_params, ...metric.optional_params];
}

/** The labels that a query of the metric can be grouped by. */
export function groupings(metric: CatalogMetric): string[] {
  return [...new Set([...metric.group_by, ...paramNames(metric)])];
}

/** Keeps of `params` what `metric` takes too. */
export function paramsFor(metric: CatalogMetric, params: Params = {}): Params {
  const names = paramNames(metric);
  return Object.fromEntries(Object.entries(params).filter(([name]) => names.includes(name)));
}
