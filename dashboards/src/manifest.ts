import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** The value of `includes` in a manifest, which holds no other list. */
const INCLUDES = /("includes": )\[[^\]]*\]/;

/** The text of a plugin.json that offers these dashboards on the data source's page, and otherwise says what it said. */
export function withIncludes(manifest: string, dashboards: Dashboard[]): string {
  if (!INCLUDES.test(manifest)) {
    throw new Error('plugin.json has no list of includes');
  }
  const entries = dashboards.map(
    ({ title, uid }) =>
      `    { "type": "dashboard", "name": ${JSON.stringify(title)}, "path": "dashboards/${uid}.json" }`
  );
  // A function, because a replacement text gives dollars a meaning.
  return manifest.replace(INCLUDES, (_, key) => `${key}[\n${entries.join(',\n')}\n  ]`);
}
