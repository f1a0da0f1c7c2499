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
  /** Descriptions of parameters by name. Parameters without a description are missing. */
  meanings: Record<string, string>;
  /** The default grouping. */
  group_by: string[];
  /** Whether a query can have another grouping. */
  groupable: boolean;
  legend: string;
  /**
   * The default window of instant queries, as a duration. It replaces `$__rate_interval` and `$__interval`. Empty if the
   * query doesn't depend on a window.
   */
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

/** One page of the catalog: all packs and some of the metrics. `total` is the number of metrics in the catalog. */
export interface CatalogPage extends Catalog {
  total: number;
}

/** The metrics that match all words of a search, or the names of the nearest metrics if none matches. */
export interface CatalogSearch {
  metrics: CatalogMetric[];
  nearest?: string[];
}

/**
 * The PromQL of a catalog query. Required parameters without a value are listed in `missing_params` and have a
 * placeholder in the PromQL.
 */
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

/** Returns the parameters in `params` that the metric has. `params` can be those of a query of another metric. */
export function paramsFor(metric: CatalogMetric, params: Params = {}): Params {
  const names = paramNames(metric);
  return Object.fromEntries(Object.entries(params).filter(([name]) => names.includes(name)));
}

/**
 * Reports whether the catalog is loaded and has no metric with this name. Returns false for an empty name, and for a
 * name with a `$`, which can be a variable.
 */
export function isUnknownMetric(catalog: Catalog | undefined, name: string): boolean {
  return Boolean(catalog && name && !name.includes('$') && !catalog.metrics.some((metric) => metric.name === name));
}

/** Metrics of one pack. */
export interface PackMetrics {
  pack: CatalogPack;
  metrics: CatalogMetric[];
}

/**
 * Groups metrics by pack. Packs are in the order of their first metrics in the list, and the metrics of a pack keep
 * their order. Metrics of unknown packs are omitted.
 */
export function groupByPack({ packs }: Catalog, metrics: CatalogMetric[]): PackMetrics[] {
  const names = [...new Set(metrics.map(({ pack }) => pack))];
  return names.flatMap((name) => {
    const pack = packs.find((candidate) => candidate.name === name);
    return pack ? [{ pack, metrics: metrics.filter((metric) => metric.pack === name) }] : [];
  });
}

/** Returns the first sentence of a description, for a menu or a card. */
export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
