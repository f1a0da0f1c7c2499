import { isFetchError } from '@grafana/runtime';

/** What a failed call of a resource tells a person. */
export function errorMessage(error: unknown): string {
  if (isFetchError(error)) {
    return error.data?.message ?? error.data?.error ?? error.statusText ?? `HTTP status ${error.status}`;
  }
  return error instanceof Error ? error.message : String(error);
}
