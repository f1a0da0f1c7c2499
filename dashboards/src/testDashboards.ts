/** Reads the generated dashboards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';

const FOLDER = join(__dirname, '..');

/** The names of the files with the dashboards. */
export const DASHBOARDS = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/** Returns the panels of a dashboard, including those of collapsed rows. */
export function panelsOf(name: string): Panel[] {
  const { panels } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
  const all: Panel[] = panels.flatMap((top: Panel & { panels?: Panel[] }) => [top, ...(top.panels ?? [])]);
  return all.filter(({ type }) => type !== 'row');
}
