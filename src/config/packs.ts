import { map, Observable } from 'rxjs';

import { CatalogMetric, CatalogPack } from '../shared/catalog';
import { fetchResource } from './resource';

/** A problem of a user pack. Fields that don't apply are empty. */
export interface PackProblem {
  pack: string;
  metric: string;
  field: string;
  /** The line in the YAML of the packs, counted from 1, or 0 if it is unknown. */
  line: number;
  text: string;
}

/** A metric of a user pack. */
export interface PackMetric {
  name: string;
  title: string;
  pack: string;
  line: number;
  /** Whether the metric replaces a built-in metric of the same name. */
  overrides: boolean;
  /** The query as it is written in the pack, with placeholders. */
  query: string;
  /** The PromQL that the query renders to. */
  preview: string;
  /** The name of a recording rule for the metric, if the pack declares one. */
  record?: string;
}

export interface PackCheck {
  problems: PackProblem[];
  metrics: PackMetric[];
}

/** A pack that ships with the plugin, enabled or disabled. */
export interface BuiltInPack extends CatalogPack {
  metrics: CatalogMetric[];
}

/** User packs of a data source. */
export interface EditedPacks {
  uid: string;
  packs: string;
}

/** Checks user packs before they are saved. Unsubscribing cancels the request. */
export function checkPacks({ uid, packs }: EditedPacks): Observable<PackCheck> {
  return fetchResource(uid, { url: 'catalog/check', method: 'POST', data: { packs } });
}

export function loadBuiltInPacks(uid: string): Observable<BuiltInPack[]> {
  return fetchResource<{ packs: BuiltInPack[] }>(uid, { url: 'catalog/packs', method: 'GET' }).pipe(
    map(({ packs }) => packs)
  );
}
