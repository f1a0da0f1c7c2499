import { BackendSrvRequest, FetchError, getBackendSrv, isFetchError } from '@grafana/runtime';
import { map, Observable } from 'rxjs';

import { CatalogMetric, CatalogPack } from '../shared/catalog';
import { errorMessage } from '../shared/errorMessage';

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
  /** The name of the recording rule. */
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

/** Checks user packs before they are saved. Unsubscribing cancels the request. */
export function checkPacks(uid: string, packs: string): Observable<PackCheck> {
  return fetchResource(uid, { url: 'catalog/check', method: 'POST', data: { packs } });
}

export function loadBuiltInPacks(uid: string): Observable<BuiltInPack[]> {
  return fetchResource<{ packs: BuiltInPack[] }>(uid, { url: 'catalog/packs', method: 'GET' }).pipe(
    map(({ packs }) => packs)
  );
}

/** Requests a resource of the backend. The settings page has only the uid of the data source, not an instance of it. */
function fetchResource<Response>(uid: string, { url, ...request }: BackendSrvRequest): Observable<Response> {
  return getBackendSrv()
    .fetch<Response>({
      ...request,
      url: `/api/datasources/uid/${encodeURIComponent(uid)}/resources/${url}`,
      showErrorAlert: false,
      showSuccessAlert: false,
    })
    .pipe(map(({ data }) => data));
}

/** Returns the reason why a request failed, and what to do. */
export function failureText(error: unknown): string {
  if (!isFetchError(error)) {
    return `Grafana did not respond (${errorMessage(error)}). Check the connection and try again.`;
  }
  return [asSentence(errorMessage(error)), nextStep(error)].filter(Boolean).join(' ');
}

function nextStep({ status }: FetchError): string | undefined {
  switch (status) {
    case 400:
      return undefined; // The message describes the problem in the request.
    case 401:
    case 403:
      return 'Ask an administrator for the role Editor and for the permission to query this data source.';
    case 404:
      return 'Save the data source first. If it is saved, restart Grafana: it runs an older version of the plugin.';
    default:
      return "Try again. If the error persists, see Grafana's log.";
  }
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
