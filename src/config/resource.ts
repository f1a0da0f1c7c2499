import { BackendSrvRequest, FetchError, getBackendSrv, isFetchError } from '@grafana/runtime';
import { map, Observable } from 'rxjs';

import { errorMessage } from '../shared/errorMessage';

/** Requests a resource of the backend. The settings page has only the uid of the data source, not an instance of it. */
export function fetchResource<Response>(uid: string, { url, ...request }: BackendSrvRequest): Observable<Response> {
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
