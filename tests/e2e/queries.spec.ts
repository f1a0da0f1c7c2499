import { expect, test } from './fixtures';
import { select } from './select';

test('a new panel shows a metric of the catalog, then PromQL', async ({ page, selectors, panelEditPage }) => {
  const { seriesName } = selectors.components.VizLegend;
  const series = (name: string) =>
    panelEditPage.getByGrafanaSelector(seriesName(name), { root: panelEditPage.panel.locator });

  await panelEditPage.datasource.set('Model Metrics');
  const row = panelEditPage.getQueryEditorRow('A');
  await select(row.getByLabel('Metric', { exact: true }), 'Query throughput by model');
  await expect(row.getByText('tessallite_model_query_rate')).toBeVisible();
  await expect(series('sales_orders')).toBeVisible();

  const groupBy = row.getByLabel(/^Group by/);
  await groupBy.press('Backspace');
  await select(groupBy, 'tenant');
  await expect(series('aurora-retail')).toBeVisible();

  await row.getByRole('radio', { name: 'PromQL' }).check();
  await row.getByRole('textbox', { name: 'PromQL' }).fill('sum by (job) (up)');
  await page.keyboard.press('Shift+Enter');
  await expect(series('query-router')).toBeVisible();
  await expect(panelEditPage.panel.getErrorIcon()).toHaveCount(0);
});

test('Explore shows a metric of the catalog with a filter, then PromQL', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await select(row.getByLabel('Metric', { exact: true }), 'Query throughput by model');
  const graph = explorePage.timeSeriesPanel.locator;
  await expect(graph.getByText('sales_orders')).toBeVisible();
  await expect(graph.getByText('fraud_signals')).toBeVisible();

  await row.getByRole('button', { name: 'Filter by model_name' }).click();
  await select(row.getByLabel('model_name', { exact: true }), 'sales_orders');
  await expect(graph.getByText('fraud_signals')).toHaveCount(0);
  await expect(graph.getByText('sales_orders')).toBeVisible();

  await row.getByRole('radio', { name: 'PromQL' }).check();
  await row.getByRole('textbox', { name: 'PromQL' }).fill('sum by (job) (up)');
  await page.keyboard.press('Shift+Enter');
  await expect(graph.getByText('query-router')).toBeVisible();
});
