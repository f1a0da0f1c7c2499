import { expect, test } from './fixtures';

const WIDTH = 1200;
const MARGIN = 16;

// What the README shows: the dashboard down to its last panel.
test('docs/img/tessallite-overview.png', async ({ page, gotoDashboardPage }) => {
  await page.addInitScript(() => localStorage.setItem('grafana.navigation.docked', 'false'));
  await page.setViewportSize({ width: WIDTH, height: 3200 });
  const dashboard = await gotoDashboardPage({
    uid: 'tessallite-overview',
    queryParams: new URLSearchParams({ theme: 'dark', from: 'now-24h', to: 'now' }),
  });
  const last = dashboard.getPanelByTitle('Rows returned').locator;
  await expect(last.locator('canvas')).toBeVisible();
  await dashboard.waitForPanelsQueriesToComplete();
  const bottom = await last.evaluate((element) => element.getBoundingClientRect().bottom);
  await page.screenshot({
    path: 'docs/img/tessallite-overview.png',
    clip: { x: 0, y: 0, width: WIDTH, height: Math.ceil(bottom) + MARGIN },
    animations: 'disabled',
  });
});
