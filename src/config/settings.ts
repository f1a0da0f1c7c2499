import { ModelMetricsOptions, TraceDestination } from '../shared/options';
import { isText, Read, readList, readNumber, readSwitch, readText } from '../shared/storedValues';
import { readReport } from './storedReport';

function readMethod(value: unknown): string | undefined {
  const name = isText(value) ? value.trim().toUpperCase() : undefined;
  return name === 'GET' || name === 'POST' ? name : undefined;
}

/** Returns user packs as YAML documents. A pack that isn't text becomes JSON, which is also YAML. */
function readDocuments(value: unknown): string | undefined {
  const documents = [value].flat().map((one) => (isText(one) ? one : JSON.stringify(one)));
  return value === null ? undefined : documents.join('\n---\n');
}

function readLinks(value: unknown): TraceDestination[] | undefined {
  const isLink = (one: unknown): one is TraceDestination => typeof one === 'object' && one !== null;
  return value === null ? undefined : [value].flat().filter(isLink);
}

function textOnly(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

/**
 * Returns the access rules as YAML. Rules that aren't text become JSON, which is also YAML. `proxy` and `direct` are
 * ignored: they are Grafana's access modes, which some tools store under the key of the rules.
 */
function readAccess(value: unknown): string | undefined {
  if (value === null || (isText(value) && /^\s*(proxy|direct)\s*$/.test(value))) {
    return undefined;
  }
  return isText(value) ? value : JSON.stringify(value);
}

export const READERS: Partial<Record<string, Read>> = {
  timeInterval: readText,
  queryTimeout: readText,
  httpMethod: readMethod,
  customQueryParameters: textOnly,
  responseLimitMiB: readNumber,
  seriesLimit: readNumber,
  sampleLimit: readNumber,
  maxRetries: readNumber,
  partialData: readSwitch,
  partialAlerts: readSwitch,
  showInfos: readSwitch,
  packs: readDocuments,
  disabledPacks: readList,
  keepCookies: (value) => (Array.isArray(value) && value.every(isText) ? value : undefined),
  exemplarTraceIdDestinations: readLinks,
  report: readReport,
  access: readAccess,
  auditOtlpUrl: textOnly,
};

/**
 * Converts stored settings to the types of the settings page. Provisioning files and other data sources can store any
 * type, and the settings page must open in spite of that. Settings without a clear meaning are omitted. "Save & test"
 * reports those that the backend rejects.
 */
export function readableSettings(stored: ModelMetricsOptions): ModelMetricsOptions {
  return Object.fromEntries(
    Object.entries(stored)
      .map(([name, value]) => [name, READERS[name] ? READERS[name](value) : value])
      .filter(([, value]) => value !== undefined)
  );
}

/** Settings that restrict or record queries. A value that can't be read must not be lost. */
const GUARDS = ['customQueryParameters', 'auditOtlpUrl'] as const;

/**
 * Returns the settings in GUARDS that have a wrong type. They stay stored until the user enters new values. For
 * example, custom query parameters of a wrong type may be meant to limit the queries to one tenant. Until the user
 * enters new parameters, the backend sends no queries.
 */
export function unreadableSettings(stored: ModelMetricsOptions): Partial<ModelMetricsOptions> {
  const isUnreadable = (value: unknown) => value !== undefined && value !== null && !isText(value);
  return Object.fromEntries(GUARDS.map((name) => [name, stored[name]]).filter(([, value]) => isUnreadable(value)));
}
