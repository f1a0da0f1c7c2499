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
  /** What the parameters mean, by name, as far as the pack says. */
  meanings: Record<string, string>;
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

/** What the backend finds for a text: metrics, or else the names that may have been meant. */
export interface CatalogSearch {
  metrics: CatalogMetric[];
  nearest?: string[];
}

/** A catalog query in PromQL. Parameters that are `missing_params` have an example in it. */
export interface CatalogPreview {
  query: string;
  missing_params: string[];
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

/** Whether a name stands for no metric. What a variable in it will be isn't known. */
export function isUnknownMetric(catalog: Catalog | undefined, name: string): boolean {
  return Boolean(catalog && name && !name.includes('$') && !catalog.metrics.some((metric) => metric.name === name));
}

/** The metrics of one pack. */
export interface PackMetrics {
  pack: CatalogPack;
  metrics: CatalogMetric[];
}

/**
 * The metrics in which every word of `text` stands somewhere, under their packs, the likeliest first. It ranks as the
 * backend's `catalog/search` does, and titles too; of equals the shorter title comes first, which holds less that was
 * not asked for. Without a text everything is found, as the packs have it.
 */
export function searchCatalog({ packs, metrics }: Catalog, text: string): PackMetrics[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const found = packs.flatMap((pack) => {
    const ranked = metrics.flatMap((metric) => {
      const rank = metric.pack === pack.name ? rankOf(metric, pack, words) : undefined;
      return rank === undefined ? [] : [{ metric, rank }];
    });
    if (words.length) {
      ranked.sort((a, b) => a.rank - b.rank || a.metric.title.length - b.metric.title.length);
    }
    return ranked.length ? [{ pack, metrics: ranked.map(({ metric }) => metric), best: ranked[0].rank }] : [];
  });
  return found.sort((a, b) => a.best - b.best);
}

/** How well words fit a metric, 0 best; undefined where one of them is nowhere. */
function rankOf(metric: CatalogMetric, pack: CatalogPack, words: string[]): number | undefined {
  if (words.length === 0) {
    return 0;
  }
  const text = words.join(' ');
  const names = [fold(metric.name), fold(metric.title)];
  if (names.includes(text)) {
    return 0;
  }
  if (names.some((name) => name.startsWith(text))) {
    return 1;
  }
  const places = [
    names.join(' '),
    fold(metric.tags.join(' ')),
    fold(`${metric.description} ${pack.name} ${pack.title}`),
  ];
  const at = words.map((word) => places.findIndex((place) => place.includes(word)));
  return at.includes(-1) ? undefined : 2 + Math.max(...at);
}

function fold(text: string): string {
  return text.trim().toLocaleLowerCase();
}

/** What fits in a line of a menu. */
export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
