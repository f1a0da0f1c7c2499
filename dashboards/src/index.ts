/** Writes dashboards/<uid>.json for every dashboard. Run with `npm run dashboards`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadCatalog } from './catalog';
import { tessallite } from './tessallite';

const root = join(__dirname, '..', '..');
const catalog = loadCatalog(root);

for (const dashboard of [tessallite(catalog)]) {
  writeFileSync(join(root, 'dashboards', `${dashboard.uid}.json`), JSON.stringify(dashboard, null, 2) + '\n');
}
