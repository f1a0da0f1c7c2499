import { rowsByPanel } from './responses';
import { expect, test } from './fixtures';
import { FIRST_WITH_SCENES, majorOf } from './grafana';
import type { Panel } from './create';
import { heightOf, panelsOf, provisioned } from './provisioned';
import { select } from './select';

// In Grafana 12, these features are off without the feature toggles.
test.use({ featureToggles: { queryEditorNext: true, dashboardNewLayouts: true } });

test.describe('in Grafana 12 and later', () => {
  test.skip(
    ({ grafanaVersion }) => majorOf(grafanaVersion) < FIRST_WITH_SCENES,
    'Grafana 10 and 11 don’t have these features'
  );

  test('the query editor v2 edits a metric of the catalog, then PromQL', async ({
    page,
    selectors,
    newDashboard,
    gotoDashboardPage,
  }) => {
    const sessions: Panel = { title: 'Sessions', type: 'timeseries', query: { metric: 'active_sessions' } };
    const uid = await newDashboard({ title: 'Edited in v2', panels: [sessions] });
    const dashboard = await gotoDashboardPage({ uid, queryParams: new URLSearchParams({ editPanel: '1' }) });
    const series = (name: string) => dashboard.getByGrafanaSelector(selectors.components.VizLegend.seriesName(name));
    await expect(page.getByRole('switch', { name: 'Toggle between query editor v1 and v2' })).toBeChecked();
    await select(page.getByLabel('Metric', { exact: true }), 'Query throughput by model');
    await expect(page.getByLabel('Generated PromQL')).toContainText('tessallite_model_queries_total');
    await expect(series('sales_orders')).toBeVisible();

    await page.getByRole('radio', { name: 'PromQL' }).check();
    await page.getByRole('textbox', { name: 'PromQL' }).fill('sum by (job) (up)');
    await page.keyboard.press('Shift+Enter');
    await expect(series('query-router')).toBeVisible();
  });

  test('the new layouts show a provisioned dashboard with its data', async ({ page, gotoDashboardPage }) => {
    test.slow(); // The dashboard has many panels.
    const overview = provisioned.find(({ uid }) => uid === 'tessallite-overview')!;
    await page.setViewportSize({ width: 1366, height: heightOf(overview) });
    const rows = rowsByPanel(page);
    const dashboard = await gotoDashboardPage({ uid: overview.uid });
    for (const { id, title } of panelsOf(overview)) {
      await test.step(title, async () => {
        const panel = dashboard.getPanelByTitle(title);
        await expect(panel.locator).toBeVisible();
        await expect(panel.getErrorIcon()).toHaveCount(0);
        await expect.poll(() => rows.get(id) ?? 0, `rows in the response to ${title}`).toBeGreaterThan(0);
      });
    }
  });
});
