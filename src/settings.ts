import { ModelMetricsOptions, TraceDestination } from './types';

/** Reads a stored value as the backend does; undefined where it isn't clear what it means. */
type Read = (value: unknown) => unknown;

const text: Read = (value) => (typeof value === 'number' ? String(value) : isText(value) ? value : undefined);

const method: Read = (value) => {
  const name = isText(value) ? value.trim().toUpperCase() : undefined;
  return name === 'GET' || name === 'POST' ? name : undefined;
};

const number: Read = (value) => {
  const isNumber = typeof value === 'number' || (isText(value) && value.trim() !== '');
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : undefined;
};

const SWITCHES: Record<string, boolean> = { true: true, on: true, yes: true, '1': true };

const flag: Read = (value) => SWITCHES[String(value).trim().toLowerCase()];

const texts: Read = (value) => {
  const list = isText(value) ? value.split(',').map((one) => one.trim()) : value;
  const isList = Array.isArray(list) && list.every((one) => one === null || isText(one));
  return isList ? list.filter(Boolean) : undefined;
};

const documents: Read = (value) =>
  value === null
    ? undefined
    : [value]
        .flat()
        .map((one) => (isText(one) ? one : JSON.stringify(one)))
        .join('\n---\n');

const links: Read = (value) => {
  const isLink = (one: unknown): one is TraceDestination => typeof one === 'object' && one !== null;
  return value === null || value === undefined ? undefined : [value].flat().filter(isLink);
};

const READ: Partial<Record<string, Read>> = {
  timeInterval: text,
  queryTimeout: text,
  httpMethod: method,
  customQueryParameters: (value) => (isText(value) ? value : undefined),
  responseLimitMiB: number,
  seriesLimit: number,
  sampleLimit: number,
  maxRetries: number,
  partialData: flag,
  packs: documents,
  disabledPacks: texts,
  keepCookies: (value) => (Array.isArray(value) && value.every(isText) ? value : undefined),
  exemplarTraceIdDestinations: links,
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

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
