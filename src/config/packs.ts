import { BackendSrvRequest, FetchError, getBackendSrv, isFetchError } from '@grafana/runtime';
import { map, Observable } from 'rxjs';

import { CatalogMetric, CatalogPack } from '../shared/catalog';
import { errorMessage } from '../shared/errorMessage';

/** Something wrong with a user's own packs. What it isn't about is empty. */
export interface PackProblem {
  pack: string;
  metric: string;
  field: string;
  /** In the text, from 1; 0 where it isn't known. */
  line: number;
  text: string;
}

/** A metric that a user's own packs define. */
export interface PackMetric {
  name: string;
  title: string;
  pack: string;
  line: number;
  /** It stands in for a built-in metric of its name. */
  overrides: boolean;
  /** As it is written, with its placeholders. */
  query: string;
  /** The PromQL that it renders to. */
  preview: string;
  /** The name of its recording rule. */
  record?: string;
}

export interface PackCheck {
  problems: PackProblem[];
  metrics: PackMetric[];
}

/** A pack that ships with the plugin, turned off or not. */
export interface ShippedPack extends CatalogPack {
  metrics: CatalogMetric[];
}

/** Asks the backend what it makes of packs before they are saved. Who unsubscribes gives the question up. */
export function checkPacks(uid: string, packs: string): Observable<PackCheck> {
  return ask(uid, { url: 'catalog/check', method: 'POST', data: { packs } });
}

/** The packs that ship with the plugin. */
export function shippedPacks(uid: string): Observable<ShippedPack[]> {
  return ask<{ packs: ShippedPack[] }>(uid, { url: 'catalog/packs', method: 'GET' }).pipe(map(({ packs }) => packs));
}

/** The settings page has no data source yet to ask through, but its address. */
function ask<Answer>(uid: string, { url, ...request }: BackendSrvRequest): Observable<Answer> {
  return getBackendSrv()
    .fetch<Answer>({
      ...request,
      url: `/api/datasources/uid/${encodeURIComponent(uid)}/resources/${url}`,
      showErrorAlert: false,
      showSuccessAlert: false,
    })
    .pipe(map(({ data }) => data));
}

/** Why the backend did not answer, and what to do. */
export function whyUnanswered(error: unknown): string {
  if (!isFetchError(error)) {
    return `Grafana did not answer (${errorMessage(error)}). Check the connection and try again.`;
  }
  return [sentence(errorMessage(error)), nextStep(error)].filter(Boolean).join(' ');
}

function nextStep({ status }: FetchError): string | undefined {
  switch (status) {
    case 400:
      return undefined; // The message says what is wrong with the text.
    case 401:
    case 403:
      return 'Ask for the permission to query this data source.';
    case 404:
      return 'Save the data source first. If it is saved, restart Grafana: it runs an older version of the plugin.';
    default:
      return "Try again. If that does not help, look into Grafana's log.";
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
