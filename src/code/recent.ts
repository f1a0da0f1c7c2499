/** How many queries are kept of each data source. */
const KEPT = 10;

/** The PromQL that ran last in this browser, the latest first. */
export function recentQueries(datasource: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(datasource)) ?? '[]');
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [];
  } catch {
    return []; // The browser keeps nothing, or something else.
  }
}

export function rememberQuery(datasource: string, expr: string) {
  const query = expr.trim();
  if (!query) {
    return;
  }
  const others = recentQueries(datasource).filter((other) => other !== query);
  try {
    localStorage.setItem(keyOf(datasource), JSON.stringify([query, ...others].slice(0, KEPT)));
  } catch {
    // The browser keeps nothing.
  }
}

function keyOf(datasource: string): string {
  return `modelmetrics-catalog-datasource.recent.${datasource}`;
}
