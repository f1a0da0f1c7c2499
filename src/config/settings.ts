import { isText, Read, readList, readNumber, readSwitch, readText } from '../shared/storedValues';
import { ModelMetricsOptions, TraceDestination } from '../shared/types';
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

export const READERS: Partial<Record<string, Read>> = {
  timeInterval: readText,
  queryTimeout: readText,
  httpMethod: readMethod,
  customQueryParameters: (value) => (isText(value) ? value : undefined),
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
};

/**
 * Converts stored settings to the types of the settings page. Provisioning files and other data sources can store any
 * type, and the settings page must open in spite of that. Settings without a clear meaning are omitted. "Save & test"
 * reports them.
 */
export function readableSettings(stored: ModelMetricsOptions): ModelMetricsOptions {
  return Object.fromEntries(
    Object.entries(stored)
      .map(([name, value]) => [name, READERS[name] ? READERS[name](value) : value])
      .filter(([, value]) => value !== undefined)
  );
}

/**
 * Returns the custom query parameters if their type is wrong. Otherwise, returns an empty object. Parameters of a wrong
 * type may be meant to limit the queries to one tenant, so they stay stored until the user enters new parameters. Until
 * then, the backend sends no queries.
 */
export function unreadableSettings({ customQueryParameters }: ModelMetricsOptions): Partial<ModelMetricsOptions> {
  const isReadable = customQueryParameters === undefined || customQueryParameters === null;
  return isReadable || isText(customQueryParameters) ? {} : { customQueryParameters };
}
