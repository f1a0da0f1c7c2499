/** A placeholder in a query. The backend replaces it, because only the backend determines steps and ranges. */
export interface Macro {
  name: string;
  description: string;
}

export const MACROS: Macro[] = [
  { name: '__rate_interval', description: 'A range that is long enough for rate() at every step' },
  { name: '__interval', description: 'The step, which is the time between two points' },
  { name: '__range', description: 'The length of the time range' },
  { name: '__rate_interval_ms', description: '$__rate_interval in milliseconds' },
  { name: '__interval_ms', description: 'The step in milliseconds' },
  { name: '__range_s', description: 'The length of the time range in seconds' },
  { name: '__range_ms', description: 'The length of the time range in milliseconds' },
];
