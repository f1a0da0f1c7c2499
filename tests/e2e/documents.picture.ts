import type { Locator, Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { hideMenus } from './grafana';

const MARGIN = 16;
const WIDTH = 1200;

test.use({ viewport: { width: WIDTH, height: 2400 }, colorScheme: 'dark' });

test.beforeEach(({ page }) => hideMenus(page));

test('docs/img/settings-connection.png', async ({ page, newDataSource }) => {
  await openSettings(page, await newDataSource({ name: 'Model Metrics of production' }));
  await picture(page, 'settings-connection', heading(page, 'Connection'), heading(page, 'Advanced settings'));
});

test('docs/img/settings-packs.png', async ({ page, newDataSource }) => {
  await openSettings(page, await newDataSource({ name: 'Without Lango', jsonData: { disabledPacks: ['lango'] } }));
  await expect(page.getByLabel('Pack TANGO', { exact: true })).toBeVisible();
  await picture(page, 'settings-packs', heading(page, 'Packs'), page.getByRole('list', { name: 'Packs' }));
});

test('docs/img/settings-limits.png', async ({ page, newDataSource }) => {
  await openSettings(page, await newDataSource({ name: 'With limits' }));
  await page.getByRole('button', { name: 'Expand section Limits' }).click();
  await expect(page.getByLabel('Retries')).toBeVisible();
  await picture(
    page,
    'settings-limits',
    page.getByRole('button', { name: 'Collapse section Limits' }),
    page.getByLabel('Retries')
  );
});

test.describe('an error', () => {
  // Grafana responds with this status to a failed query.
  test.use({ expectedError: /400 .*\/api\/ds\/query/ });

  test('docs/img/panel-error.png', async ({ page, newDashboard, gotoDashboardPage }) => {
    const title = 'Failed invocations';
    const uid = await newDashboard({
      title: 'Invocations',
      panels: [{ title, type: 'timeseries', query: { metric: 'invocation_failure_rat' } }],
    });
    const panel = (await gotoDashboardPage({ uid })).getPanelByTitle(title);
    await panel.getErrorIcon().hover();
    await expect(page.getByText(/^The catalog has no metric/)).toBeVisible();
    await picture(page, 'panel-error', panel.locator);
  });
});

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

async function openSettings(page: Page, uid: string) {
  await page.goto(`/connections/datasources/edit/${uid}`);
  await expect(page.getByLabel('Data source connection URL')).toHaveValue(/^http:/);
}

/** Saves a picture from the top of `first` to the bottom of `last`. */
async function picture(page: Page, name: string, first: Locator, last = first) {
  await first.scrollIntoViewIfNeeded();
  const [top, bottom] = [await first.boundingBox(), await last.boundingBox()];
  if (!top || !bottom) {
    throw new Error(`The elements of ${name} are not visible.`);
  }
  const y = Math.max(0, top.y - 2 * MARGIN);
  await page.screenshot({
    path: `docs/img/${name}.png`,
    clip: { x: 0, y, width: WIDTH, height: bottom.y + bottom.height + MARGIN - y },
    animations: 'disabled',
  });
}
