/** The maximum number of recent queries of a data source. */
const MAX_RECENT = 10;

/** Returns the expressions that were last used with the data source in this browser, the latest first. */
export function recentQueries(datasource: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey(datasource)) ?? '[]');
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [];
  } catch {
    return []; // The storage is unavailable, or the stored text is not JSON.
  }
}

export function rememberQuery(datasource: string, expr: string) {
  const query = expr.trim();
  if (!query) {
    return;
  }
  const others = recentQueries(datasource).filter((other) => other !== query);
  try {
    localStorage.setItem(storageKey(datasource), JSON.stringify([query, ...others].slice(0, MAX_RECENT)));
  } catch {
    // The storage is unavailable.
  }
}

function storageKey(datasource: string): string {
  return `modelmetrics-catalog-datasource.recent.${datasource}`;
}
