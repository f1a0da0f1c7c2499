import { isFetchError } from '@grafana/runtime';

import { readableRefusal } from './access';

/**
 * Returns the message of an error. For an error response, it is the message in the response, if there is one. If the
 * access rules or the policy refused the request, the message is made readable.
 */
export function errorMessage(error: unknown): string {
  return readableRefusal(rawMessage(error));
}

function rawMessage(error: unknown): string {
  if (isFetchError(error)) {
    return error.data?.message ?? error.data?.error ?? error.statusText ?? `HTTP status ${error.status}`;
  }
  return error instanceof Error ? error.message : String(error);
}
