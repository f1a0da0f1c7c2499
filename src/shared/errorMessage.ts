import { isFetchError } from '@grafana/runtime';

/** Returns the message of an error. For an error response of the backend, it is the message in the response. */
export function errorMessage(error: unknown): string {
  if (isFetchError(error)) {
    return error.data?.message ?? error.data?.error ?? error.statusText ?? `HTTP status ${error.status}`;
  }
  return error instanceof Error ? error.message : String(error);
}
