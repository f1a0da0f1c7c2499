/** Writes pkg/catalog/units.txt, the ids of Grafana's units. Run with `npm run units`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(__dirname, '..', '..', 'pkg', 'catalog', 'units.txt');

async function units(): Promise<string[]> {
  // Grafana's code requires some globals of a browser.
  Object.assign(globalThis, { window: globalThis, navigator: { languages: ['en'] } });
  const { getValueFormats } = await import('@grafana/data');
  const ids = getValueFormats().flatMap((category) => category.submenu.map((unit) => unit.value));
  return [...new Set(ids)].sort();
}

units().then((ids) => writeFileSync(file, ids.join('\n') + '\n'));
