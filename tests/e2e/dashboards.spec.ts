import type { DashboardPage } from '@grafana/plugin-e2e';

import { rowsByPanel } from './responses';
import { expect, test } from './fixtures';
import { rowHeading } from './grafana';
import { heightOf, openRows, Panel, panelsOf, provisioned, rowsOf } from './provisioned';

// The types of panels that can be without a canvas.
const TEXT_PANELS = ['stat', 'piechart', 'table', 'bargauge'];

test('the repository contains dashboards', () => {
  expect(provisioned.length).toBeGreaterThanOrEqual(5);
});

for (const provisionedDashboard of provisioned) {
  for (const width of [1366, 1920]) {
    for (const theme of ['light', 'dark']) {
      test(`${provisionedDashboard.title} shows data, ${theme} and ${width} pixels wide`, async ({
        page,
        gotoDashboardPage,
      }) => {
        test.slow(); // One dashboard has more than forty panels.
        await page.setViewportSize({ width, height: heightOf(provisionedDashboard) });
        const rows = rowsByPanel(page);
        const dashboard = await gotoDashboardPage({
          uid: provisionedDashboard.uid,
          queryParams: new URLSearchParams({ theme }),
        });
        for (const row of rowsOf(provisionedDashboard)) {
          await expect(rowHeading(page, row.title)).toBeVisible();
        }
        await openRows(page, provisionedDashboard);

        for (const panel of panelsOf(provisionedDashboard)) {
          await test.step(panel.title, async () => {
            await expect(dashboard.getPanelByTitle(panel.title).locator).toBeVisible();
            await expectNoError(dashboard, panel.title);
            await expectFullTitle(dashboard, panel.title);
            await expectData(dashboard, panel, rows);
          });
        }
      });
    }
  }
}

test('the panels of a collapsed row are queried when the row is opened', async ({ page, gotoDashboardPage }) => {
  test.slow();
  const provisionedDashboard = provisioned.find((dashboard) => rowsOf(dashboard).some(({ collapsed }) => collapsed))!;
  await page.setViewportSize({ width: 1366, height: heightOf(provisionedDashboard) });
  const rows = rowsByPanel(page);
  const dashboard = await gotoDashboardPage({ uid: provisionedDashboard.uid });
  const inside = rowsOf(provisionedDashboard).flatMap(({ panels }) => panels ?? []);
  const outside = panelsOf(provisionedDashboard).filter((panel) => !inside.includes(panel));
  for (const panel of outside) {
    await expectData(dashboard, panel, rows);
  }
  expect(inside.filter(({ id }) => rows.has(id))).toEqual([]);

  await openRows(page, provisionedDashboard);
  for (const panel of inside) {
    await expectData(dashboard, panel, rows);
  }
});

test.describe('a panel that fails', () => {
  test.use({ expectedError: /400 .*\/api\/ds\/query/ });

  test('is marked', async ({ newDashboard, gotoDashboardPage }) => {
    const broken = { title: 'Broken', type: 'timeseries', query: { expr: 'sum(' } } as const;
    const uid = await newDashboard({ title: 'Failing panel', panels: [broken] });
    const dashboard = await gotoDashboardPage({ uid });
    await expect(dashboard.getPanelByTitle(broken.title).getErrorIcon()).toBeVisible();
    await expect(expectNoError(dashboard, broken.title)).rejects.toThrow();
  });
});

async function expectNoError(dashboard: DashboardPage, title: string) {
  await expect(dashboard.getPanelByTitle(title).getErrorIcon()).toHaveCount(0);
}

async function expectFullTitle(dashboard: DashboardPage, title: string) {
  const heading = dashboard.getPanelByTitle(title).locator.getByRole('heading', { name: title, exact: true }).first();
  expect(await heading.evaluate((text) => text.scrollWidth <= text.clientWidth), 'the title is not truncated').toBe(
    true
  );
}

async function expectData(dashboard: DashboardPage, panel: Panel, rows: Map<number, number>) {
  const { locator } = dashboard.getPanelByTitle(panel.title);
  await expect.poll(() => rows.get(panel.id) ?? 0, `rows in the response to ${panel.title}`).toBeGreaterThan(0);
  if (!TEXT_PANELS.includes(panel.type)) {
    await expect(locator.locator('canvas').first()).toBeVisible();
  }
  await expect(locator).not.toContainText('No data');
  await expect(locator).not.toContainText(panel.fieldConfig.defaults.noValue);
}
