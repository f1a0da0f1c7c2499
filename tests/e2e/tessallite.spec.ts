import { expect, test } from './fixtures';
import { heightOf, provisioned } from './provisioned';

const HEIGHT = heightOf(provisioned.find(({ uid }) => uid === 'tessallite-overview')!);

test('the uptime panel has the states UP and DOWN', async ({ page, selectors, gotoDashboardPage }) => {
  await page.setViewportSize({ width: 1366, height: HEIGHT });
  const dashboard = await gotoDashboardPage({ uid: 'tessallite-overview' });
  const { seriesName } = selectors.components.VizLegend;

  const uptime = dashboard.getPanelByTitle('Availability over time').locator;
  await expect(dashboard.getByGrafanaSelector(seriesName('UP'), { root: uptime })).toBeVisible();
  const states = await dashboard
    .getByGrafanaSelector(seriesName(''), { root: uptime, startsWith: true })
    .allInnerTexts();
  expect(['UP', 'DOWN', 'MISSING', 'not there']).toEqual(expect.arrayContaining(states));
});

test('a tenant limits the projects and models', async ({ page, grafana, gotoDashboardPage }) => {
  await page.setViewportSize({ width: 1366, height: HEIGHT });
  const dashboard = await gotoDashboardPage({ uid: 'tessallite-overview' });
  const throughput = dashboard.getPanelByTitle('Query throughput by model').locator;
  const series = (model: string) => throughput.getByRole('button', { name: model, exact: true });

  expect(await grafana.optionsOf('service')).toHaveLength(7);
  const [tenant, ...otherTenants] = await grafana.optionsOf('tenant');
  expect(otherTenants).not.toHaveLength(0);
  const projects = await grafana.optionsOf('project');
  const models = await grafana.optionsOf('model');
  await expect(series(models[0])).toBeVisible();

  await grafana.select('tenant', tenant);

  await expect(async () => expectSubset(projects, await grafana.optionsOf('project'))).toPass();
  await expect(async () => expectSubset(models, await grafana.optionsOf('model'))).toPass();
  const tenantModels = await grafana.optionsOf('model');
  const otherModels = models.filter((model) => !tenantModels.includes(model));
  await expect(series(otherModels[0])).toHaveCount(0);
  await expect(series(tenantModels[0])).toBeVisible();
});

function expectSubset(all: string[], some: string[]) {
  expect(some).not.toHaveLength(0);
  expect(some.length).toBeLessThan(all.length);
  expect(all).toEqual(expect.arrayContaining(some));
}
