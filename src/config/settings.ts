import { isText, Read, readList, readNumber, readSwitch, readText } from '../shared/storedValues';
import { ModelMetricsOptions, TraceDestination } from '../shared/types';

function readMethod(value: unknown): string | undefined {
  const name = isText(value) ? value.trim().toUpperCase() : undefined;
  return name === 'GET' || name === 'POST' ? name : undefined;
}

/** YAML documents; what isn't text is JSON, which is YAML too. */
function readDocuments(value: unknown): string | undefined {
  const documents = [value].flat().map((one) => (isText(one) ? one : JSON.stringify(one)));
  return value === null ? undefined : documents.join('\n---\n');
}

function readLinks(value: unknown): TraceDestination[] | undefined {
  const isLink = (one: unknown): one is TraceDestination => typeof one === 'object' && one !== null;
  return value === null ? undefined : [value].flat().filter(isLink);
}

const READ: Partial<Record<string, Read>> = {
  timeInterval: readText,
  queryTimeout: readText,
  httpMethod: readMethod,
  customQueryParameters: (value) => (isText(value) ? value : undefined),
  responseLimitMiB: readNumber,
  seriesLimit: readNumber,
  sampleLimit: readNumber,
  maxRetries: readNumber,
  partialData: readSwitch,
  packs: readDocuments,
  disabledPacks: readList,
  keepCookies: (value) => (Array.isArray(value) && value.every(isText) ? value : undefined),
  exemplarTraceIdDestinations: readLinks,
};

/**
 * The settings of a data source in the types that the settings page shows: a provisioning file or another data source can
 * store anything, and the page opens all the same. What isn't clear is left out. Its test names the setting.
 */
export function readableSettings(stored: ModelMetricsOptions): ModelMetricsOptions {
  return Object.fromEntries(
    Object.entries(stored)
      .map(([name, value]) => [name, READ[name] ? READ[name](value) : value])
      .filter(([, value]) => value !== undefined)
  );
}

/**
 * Unreadable settings that stay until somebody writes others in their place. Query parameters may keep tenants apart, and
 * no query is sent without them.
 */
export function keptSettings({ customQueryParameters: kept }: ModelMetricsOptions): Partial<ModelMetricsOptions> {
  return kept === undefined || kept === null || isText(kept) ? {} : { customQueryParameters: kept };
}
