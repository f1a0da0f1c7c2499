import type { DashboardPage } from '@grafana/plugin-e2e';

import { rowsByPanel } from './answers';
import { expect, test } from './fixtures';
import { rowHeading } from './grafana';
import { heightOf, openRows, Panel, panelsOf, provisioned, rowsOf } from './provisioned';

// Panels that are not drawn on a canvas.
const TEXT_PANELS = ['stat', 'piechart', 'table', 'bargauge'];

test('there are dashboards', () => {
  expect(provisioned.length).toBeGreaterThanOrEqual(5);
});

for (const described of provisioned) {
  for (const width of [1366, 1920]) {
    for (const theme of ['light', 'dark']) {
      test(`${described.title} shows data, ${theme} and ${width} pixels wide`, async ({ page, gotoDashboardPage }) => {
        test.slow(); // some have forty panels
        await page.setViewportSize({ width, height: heightOf(described) });
        const answered = rowsByPanel(page);
        const dashboard = await gotoDashboardPage({
          uid: described.uid,
          queryParams: new URLSearchParams({ theme }),
        });
        for (const row of rowsOf(described)) {
          await expect(rowHeading(page, row.title)).toBeVisible();
        }
        await openRows(page, described);

        for (const panel of panelsOf(described)) {
          await test.step(panel.title, async () => {
            await expect(dashboard.getPanelByTitle(panel.title).locator).toBeVisible();
            await expectNoError(dashboard, panel.title);
            await expectWholeTitle(dashboard, panel.title);
            await expectData(dashboard, panel, answered);
          });
        }
      });
    }
  }
}

test('a collapsed row asks for nothing until it is opened', async ({ page, gotoDashboardPage }) => {
  test.slow();
  const described = provisioned.find((dashboard) => rowsOf(dashboard).some(({ collapsed }) => collapsed))!;
  await page.setViewportSize({ width: 1366, height: heightOf(described) });
  const answered = rowsByPanel(page);
  const dashboard = await gotoDashboardPage({ uid: described.uid });
  const inside = rowsOf(described).flatMap(({ panels }) => panels ?? []);
  const outside = panelsOf(described).filter((panel) => !inside.includes(panel));
  for (const panel of outside) {
    await expectData(dashboard, panel, answered);
  }
  expect(inside.filter(({ id }) => answered.has(id))).toEqual([]);

  await openRows(page, described);
  for (const panel of inside) {
    await expectData(dashboard, panel, answered);
  }
});

test.describe('a panel that fails', () => {
  test.use({ provoked: /400 .*\/api\/ds\/query/ });

  test('is marked', async ({ newDashboard, gotoDashboardPage }) => {
    const broken = { title: 'Broken', type: 'timeseries', query: { expr: 'sum(' } } as const;
    const uid = await newDashboard({ title: 'One that fails', panels: [broken] });
    const dashboard = await gotoDashboardPage({ uid });
    await expect(dashboard.getPanelByTitle(broken.title).getErrorIcon()).toBeVisible();
    await expect(expectNoError(dashboard, broken.title)).rejects.toThrow();
  });
});

async function expectNoError(dashboard: DashboardPage, title: string) {
  await expect(dashboard.getPanelByTitle(title).getErrorIcon()).toHaveCount(0);
}

async function expectWholeTitle(dashboard: DashboardPage, title: string) {
  const heading = dashboard.getPanelByTitle(title).locator.getByRole('heading', { name: title, exact: true }).first();
  expect(await heading.evaluate((text) => text.scrollWidth <= text.clientWidth), 'the title is whole').toBe(true);
}

async function expectData(dashboard: DashboardPage, panel: Panel, answered: Map<number, number>) {
  const { locator } = dashboard.getPanelByTitle(panel.title);
  await expect.poll(() => answered.get(panel.id) ?? 0, `rows in the answer to ${panel.title}`).toBeGreaterThan(0);
  if (!TEXT_PANELS.includes(panel.type)) {
    await expect(locator.locator('canvas').first()).toBeVisible();
  }
  await expect(locator).not.toContainText('No data');
  await expect(locator).not.toContainText(panel.fieldConfig.defaults.noValue);
}
