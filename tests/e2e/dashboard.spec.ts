import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { rowsByPanel } from './answers';
import { expect, test } from './fixtures';
import { choose, optionsOf } from './variables';

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { y: number; h: number };
  fieldConfig: { defaults: { noValue: string } };
}

const { panels: entries }: { panels: Panel[] } = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'dashboards', 'tessallite-overview.json'), 'utf8')
);
const rows = entries.filter(({ type }) => type === 'row');
const panels = entries.filter(({ type }) => type !== 'row');

// Panels that are not drawn on a canvas.
const TEXT_PANELS = ['stat', 'piechart', 'table', 'bargauge'];

// Grafana draws what is in sight: here that is all of it.
const LINE = 38;
const HEIGHT = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * LINE + 400;

for (const [width, theme] of [
  [1366, 'light'],
  [1366, 'dark'],
  [1920, 'light'],
  [1920, 'dark'],
] as const) {
  test(`all panels show data, ${theme} and ${width} pixels wide`, async ({ page, gotoDashboardPage }) => {
    await page.setViewportSize({ width, height: HEIGHT });
    const answered = rowsByPanel(page);
    const dashboard = await gotoDashboardPage({
      uid: 'tessallite-overview',
      queryParams: new URLSearchParams({ theme }),
    });

    expect(panels.length).toBeGreaterThanOrEqual(18);
    for (const { id, title, type, fieldConfig } of panels) {
      await test.step(title, async () => {
        const panel = dashboard.getPanelByTitle(title);
        await expect(panel.locator).toBeVisible();
        await expect.poll(() => answered.get(id) ?? 0, `rows in the answer to ${title}`).toBeGreaterThan(0);
        if (!TEXT_PANELS.includes(type)) {
          await expect(panel.locator.locator('canvas')).toBeVisible();
        }
        await expect(panel.getErrorIcon()).toHaveCount(0);
        await expect(panel.locator).not.toContainText('No data');
        await expect(panel.locator).not.toContainText(fieldConfig.defaults.noValue);
      });
    }

    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const { title } of rows) {
      await expect(page.getByRole('button', { name: title })).toBeVisible();
    }
  });
}

test('the uptime panel calls its states UP and DOWN', async ({ page, selectors, gotoDashboardPage }) => {
  await page.setViewportSize({ width: 1366, height: HEIGHT });
  const dashboard = await gotoDashboardPage({ uid: 'tessallite-overview' });
  const { seriesName } = selectors.components.VizLegend;

  const uptime = dashboard.getPanelByTitle('Uptime over time').locator;
  await expect(dashboard.getByGrafanaSelector(seriesName('UP'), { root: uptime })).toBeVisible();
  const states = await dashboard
    .getByGrafanaSelector(seriesName(''), { root: uptime, startsWith: true })
    .allInnerTexts();
  expect(['UP', 'DOWN']).toEqual(expect.arrayContaining(states));
});

test('a tenant narrows its projects and models', async ({ page, selectors, gotoDashboardPage }) => {
  await page.setViewportSize({ width: 1366, height: HEIGHT });
  const dashboard = await gotoDashboardPage({ uid: 'tessallite-overview' });
  const { seriesName } = selectors.components.VizLegend;
  const throughput = dashboard.getPanelByTitle('Query throughput by model').locator;
  const drawn = (model: string) => dashboard.getByGrafanaSelector(seriesName(model), { root: throughput });

  expect(await optionsOf(page, 'service')).toHaveLength(7);
  const [tenant, ...otherTenants] = await optionsOf(page, 'tenant');
  expect(otherTenants).not.toHaveLength(0);
  const projects = await optionsOf(page, 'project');
  const models = await optionsOf(page, 'model');
  await expect(drawn(models[0])).toBeVisible();

  await choose(page, 'tenant', tenant);

  await expect(async () => expectPartOf(projects, await optionsOf(page, 'project'))).toPass();
  await expect(async () => expectPartOf(models, await optionsOf(page, 'model'))).toPass();
  const itsModels = await optionsOf(page, 'model');
  const othersModels = models.filter((model) => !itsModels.includes(model));
  await expect(drawn(othersModels[0])).toHaveCount(0);
  await expect(drawn(itsModels[0])).toBeVisible();
});

function expectPartOf(all: string[], some: string[]) {
  expect(some).not.toHaveLength(0);
  expect(some.length).toBeLessThan(all.length);
  expect(all).toEqual(expect.arrayContaining(some));
}
