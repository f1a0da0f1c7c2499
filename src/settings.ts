import { ModelMetricsOptions } from './types';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isObject: Check = (value) => typeof value === 'object' && value !== null;
const isListOf =
  (isElement: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isElement);

// What the settings page would fail on if it were anything else.
const CHECKS = new Map<string, Check>([
  ['customQueryParameters', isText],
  ['packs', isText],
  ['disabledPacks', isListOf(isText)],
  ['keepCookies', isListOf(isText)],
  ['exemplarTraceIdDestinations', isListOf(isObject)],
]);

/**
 * The settings of a data source without those that are of another type than ours: a provisioning file can hold anything,
 * and its data source should open all the same. Its test names the setting.
 */
export function readableSettings(stored: ModelMetricsOptions): ModelMetricsOptions {
  return Object.fromEntries(Object.entries(stored).filter(([name, value]) => CHECKS.get(name)?.(value) ?? true));
}
