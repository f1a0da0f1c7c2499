import type { Locator } from '@playwright/test';

import { select } from './select';

export const ENDPOINT = 'ep_1234567890abcdef';
export const OTHER_ENDPOINT = 'ep_2345678901bcdefg';

/** Fills in a report query in the row of a query editor. */
export async function selectReport(row: Locator, section: string, endpoints = [ENDPOINT]) {
  await row.getByRole('radio', { name: 'Report' }).check();
  for (const endpoint of endpoints) {
    await select(row.getByLabel('Endpoints', { exact: true }), endpoint);
  }
  await select(row.getByLabel('Section', { exact: true }), section);
}
