/** What stands in a query for a duration that the backend knows alone: it aligns and limits steps and ranges. */
export interface Macro {
  name: string;
  meaning: string;
}

export const MACROS: Macro[] = [
  { name: '__rate_interval', meaning: 'A window that is long enough for rate at any zoom' },
  { name: '__interval', meaning: 'The distance between two points' },
  { name: '__range', meaning: 'The length of the time range' },
  { name: '__rate_interval_ms', meaning: 'The window for rate, in milliseconds' },
  { name: '__interval_ms', meaning: 'The distance between two points, in milliseconds' },
  { name: '__range_s', meaning: 'The length of the time range, in seconds' },
  { name: '__range_ms', meaning: 'The length of the time range, in milliseconds' },
];
