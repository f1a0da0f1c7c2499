import { Params } from './types';

/** A metric, as the backend's `catalog` resource describes it. */
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
  /** Descriptions of the parameters by name, for those that the pack describes. */
  meanings: Record<string, string>;
  /** The default grouping. */
  group_by: string[];
  /** A query can have another grouping. */
  groupable: boolean;
  legend: string;
  /** Replaces `$__rate_interval` in an instant query. */
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

/** A page of the catalog's metrics, of `total`, with all packs. */
export interface CatalogPage extends Catalog {
  total: number;
}

/** The result of a search: metrics, or if there are none, similar names. */
export interface CatalogSearch {
  metrics: CatalogMetric[];
  nearest?: string[];
}

/** A catalog query as PromQL. Parameters in `missing_params` have a placeholder in it. */
export interface CatalogPreview {
  query: string;
  missing_params: string[];
}

/** Returns a metric's parameters, the required ones first. */
export function paramNames(metric: CatalogMetric): string[] {
  return [...metric.required_params, ...metric.optional_params];
}

/** Returns the labels that a query of the metric can be grouped by. */
export function groupings(metric: CatalogMetric): string[] {
  return [...new Set([...metric.group_by, ...paramNames(metric)])];
}

/** Returns those of the parameters that the metric has, too. */
export function paramsFor(metric: CatalogMetric, params: Params = {}): Params {
  const names = paramNames(metric);
  return Object.fromEntries(Object.entries(params).filter(([name]) => names.includes(name)));
}

/** Reports whether the catalog has no metric of that name. A name with a variable in it can be any metric's. */
export function isUnknownMetric(catalog: Catalog | undefined, name: string): boolean {
  return Boolean(catalog && name && !name.includes('$') && !catalog.metrics.some((metric) => metric.name === name));
}

/** Metrics of one pack. */
export interface PackMetrics {
  pack: CatalogPack;
  metrics: CatalogMetric[];
}

/** Groups metrics by pack. Packs and metrics keep the order in which they first occur. */
export function groupByPack({ packs }: Catalog, metrics: CatalogMetric[]): PackMetrics[] {
  const names = [...new Set(metrics.map(({ pack }) => pack))];
  return names.flatMap((name) => {
    const pack = packs.find((candidate) => candidate.name === name);
    return pack ? [{ pack, metrics: metrics.filter((metric) => metric.pack === name) }] : [];
  });
}

/** Returns the first sentence of a text, for a line of a menu. */
export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
