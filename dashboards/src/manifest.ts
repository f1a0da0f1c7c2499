import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** Matches the list `includes` in the text of plugin.json. */
const INCLUDES = /("includes": )\[[^\]]*\]/;

/**
 * Returns the text of plugin.json with the given dashboards in `includes`. On the page of a data source, Grafana offers
 * these dashboards for import.
 */
export function withIncludes(manifest: string, dashboards: Dashboard[]): string {
  if (!INCLUDES.test(manifest)) {
    throw new Error('plugin.json has no list of includes');
  }
  const entries = dashboards.map(
    ({ title, uid }) =>
      `    { "type": "dashboard", "name": ${JSON.stringify(title)}, "path": "dashboards/${uid}.json" }`
  );
  // The replacement is a function, because a dollar sign has a special meaning in a replacement text.
  return manifest.replace(INCLUDES, (_, key) => `${key}[\n${entries.join(',\n')}\n  ]`);
}
