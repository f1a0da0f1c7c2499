/**
 * Writes dashboards/<uid>.json for every dashboard of the catalog's packs, and lists the dashboards in plugin.json.
 * Copies Tessallite's dashboard to monitoring/grafana, for Tessallite's stack. Run it with `npm run dashboards`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadCatalog } from './catalog';
import { dashboards } from './dashboard';
import { withIncludes } from './manifest';

const root = join(__dirname, '..', '..');
const manifest = join(root, 'plugin.json');

/** The dashboards that are copied, by uid. */
const COPIES: Record<string, string> = {
  'tessallite-overview': join(root, 'monitoring', 'grafana', 'tessallite-dashboard.json'),
};

try {
  const built = dashboards(loadCatalog(root));
  for (const dashboard of built) {
    const json = JSON.stringify(dashboard, null, 2) + '\n';
    writeFileSync(join(root, 'dashboards', `${dashboard.uid}.json`), json);
    const copy = COPIES[dashboard.uid ?? ''];
    if (copy) {
      writeFileSync(copy, json);
    }
  }
  writeFileSync(manifest, withIncludes(readFileSync(manifest, 'utf8'), built));
} catch (error) {
  // The message describes the problem in the pack and its location. A stack trace would not help the author of the
  // pack.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
