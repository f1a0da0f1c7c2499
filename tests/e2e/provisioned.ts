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
  /** Of a row that is collapsed. */
  panels?: Panel[];
}

interface Provisioned {
  uid: string;
  title: string;
  /** Rows and what stands below them. */
  panels: Panel[];
}

const folder = join(__dirname, '..', '..', 'dashboards');

/** The dashboards that are provisioned, as their files have them. */
export const provisioned: Provisioned[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));

export const rowsOf = ({ panels }: Provisioned): Panel[] => panels.filter(({ type }) => type === 'row');

/** The panels in all rows, the collapsed ones too. */
export const panelsOf = ({ panels }: Provisioned): Panel[] =>
  panels.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]));

const LINE = 38;
const ABOVE_AND_BELOW = 400;

/** The height at which all of a dashboard is in sight when its rows are open: Grafana draws what is in sight. */
export function heightOf({ panels }: Provisioned): number {
  const inside = panels.flatMap((row) => row.panels ?? []);
  const lines = Math.max(...panels.map(bottom)) + inside.reduce((sum, { gridPos: { h } }) => sum + h, 0);
  return lines * LINE + ABOVE_AND_BELOW;
}

const bottom = ({ gridPos: { y, h } }: Panel) => y + h;

/** Opens the rows that begin collapsed. */
export async function openRows(page: Page, dashboard: Provisioned) {
  for (const row of rowsOf(dashboard).filter(({ collapsed }) => collapsed)) {
    await rowHeading(page, row.title).click();
  }
}
