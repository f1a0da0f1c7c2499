import { rowsByPanel } from './answers';
import { expect, test } from './fixtures';
import { FIRST_WITH_SCENES, majorOf } from './grafana';
import type { Panel } from './made';
import { heightOf, panelsOf, provisioned } from './provisioned';
import { select } from './select';

// What Grafana 12 has behind feature toggles and later versions turn on for everybody.
test.describe('in Grafana 12 and later', () => {
  test.skip(({ grafanaVersion }) => majorOf(grafanaVersion) < FIRST_WITH_SCENES, 'Grafana 10 and 11 have neither');

  test.describe('the query editor v2', () => {
    test.use({ featureToggles: { queryEditorNext: true } });

    test('edits a metric of the catalog, then PromQL', async ({ page, newDashboard, gotoDashboardPage, selectors }) => {
      const jobs: Panel = { title: 'Jobs', type: 'timeseries', query: { metric: 'active_sessions' } };
      const uid = await newDashboard({ title: 'Edited in v2', panels: [jobs] });
      const dashboard = await gotoDashboardPage({ uid, queryParams: new URLSearchParams({ editPanel: '1' }) });
      await expect(page.getByRole('switch', { name: 'Toggle between query editor v1 and v2' })).toBeChecked();
      await select(page.getByLabel('Metric', { exact: true }), 'Query throughput by model');
      const drawn = (name: string) => dashboard.getByGrafanaSelector(selectors.components.VizLegend.seriesName(name));
      await expect(page.getByLabel('PromQL that runs')).toContainText('tessallite_model_queries_total');
      await expect(drawn('sales_orders')).toBeVisible();

      await page.getByRole('radio', { name: 'PromQL' }).check();
      await page.getByRole('textbox', { name: 'PromQL' }).fill('sum by (job) (up)');
      await page.keyboard.press('Shift+Enter');
      await expect(drawn('query-router')).toBeVisible();
    });
  });

  test.describe('the new layouts', () => {
    test.use({ featureToggles: { dashboardNewLayouts: true } });

    test('show a provisioned dashboard with its data', async ({ page, gotoDashboardPage }) => {
      const described = provisioned.find(({ uid }) => uid === 'tessallite-overview')!;
      await page.setViewportSize({ width: 1366, height: heightOf(described) });
      const answered = rowsByPanel(page);
      const dashboard = await gotoDashboardPage({ uid: described.uid });
      for (const { id, title } of panelsOf(described)) {
        await test.step(title, async () => {
          const panel = dashboard.getPanelByTitle(title);
          await expect(panel.locator).toBeVisible();
          await expect(panel.getErrorIcon()).toHaveCount(0);
          await expect.poll(() => answered.get(id) ?? 0, `rows in the answer to ${title}`).toBeGreaterThan(0);
        });
      }
    });
  });
});
