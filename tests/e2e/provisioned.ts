import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { rowHeading } from './grafana';

export interface Panel {
  id: number;
  type: string;
  title: string;
  collapsed?: boolean;
  gridPos: { y: number; h: number };
  fieldConfig: { defaults: { noValue: string } };
  /** The panels of a collapsed row. */
  panels?: Panel[];
}

interface Provisioned {
  uid: string;
  title: string;
  /** All rows, and the panels that aren't in collapsed rows. */
  panels: Panel[];
}

const folder = join(__dirname, '..', '..', 'dashboards');

/** The provisioned dashboards. */
export const provisioned: Provisioned[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));

export const rowsOf = ({ panels }: Provisioned): Panel[] => panels.filter(({ type }) => type === 'row');

/** Returns all panels with queries, including the panels of collapsed rows. Rows and lists of alerts have no queries. */
export const panelsOf = ({ panels }: Provisioned): Panel[] =>
  panels
    .flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]))
    .filter(({ type }) => type !== 'alertlist');

const GRID_ROW = 38;
const MARGINS = 400;

/**
 * Returns the height, in pixels, that a window needs to show the complete dashboard while all its rows are open.
 * Grafana renders only visible panels.
 */
export function heightOf({ panels }: Provisioned): number {
  const collapsed = panels.flatMap((row) => row.panels ?? []);
  const rows = Math.max(...panels.map(bottom)) + collapsed.reduce((sum, { gridPos: { h } }) => sum + h, 0);
  return rows * GRID_ROW + MARGINS;
}

const bottom = ({ gridPos: { y, h } }: Panel) => y + h;

/** Opens the collapsed rows. */
export async function openRows(page: Page, dashboard: Provisioned) {
  for (const row of rowsOf(dashboard).filter(({ collapsed }) => collapsed)) {
    await rowHeading(page, row.title).click();
  }
}
