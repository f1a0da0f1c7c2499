import type { Locator } from '@playwright/test';

import { expect, test } from './fixtures';
import { cellOf } from './grafana';
import { codeField, openPromQL } from './promql';
import { heightOf, provisioned } from './provisioned';
import { select } from './select';

const HEIGHT = heightOf(provisioned.find(({ uid }) => uid === 'tessallite-overview')!);

test('a new query shows a graph and a table, and the table can add filters', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await select(row.getByLabel('Metric', { exact: true }), 'Query throughput by model');
  await expect(row.getByText('Type: Both')).toBeVisible();
  await expect(explorePage.timeSeriesPanel.locator.getByText('sales_orders')).toBeVisible();

  const table = explorePage.tablePanel.locator;
  await clickOnValue(table, 'fraud_signals', 'Filter out value');
  await expect(table.getByText('fraud_signals')).toHaveCount(0);
  await expect(row.getByText('fraud_signals').first()).toBeVisible();

  await clickOnValue(table, 'sales_orders', 'Filter for value');
  await expect(table.getByRole('row')).toHaveCount(2);

  const field = await openPromQL(row);
  await field.fill('count by (job) (up)');
  await page.keyboard.press('Shift+Enter');
  await clickOnValue(table, 'tango', 'Filter for value');
  await expect(row.getByRole('button', { name: 'Remove filter job = tango' })).toBeVisible();
  await expect(table.getByRole('row')).toHaveCount(2);
});

test('a panel’s query can be opened in Explore', async ({ page, gotoDashboardPage }) => {
  await page.setViewportSize({ width: 1366, height: HEIGHT });
  const dashboard = await gotoDashboardPage({ uid: 'tessallite-overview' });
  await dashboard.getPanelByTitle('Query throughput by model').clickOnMenuItem('Explore');
  await expect(page).toHaveURL(/\/explore/);
  await expect(page.getByText('tessallite_model_query_rate')).toBeVisible();
  await expect(page.getByText('sales_orders').first()).toBeVisible();
});

test('queries are imported from Prometheus and exported to it', async ({ page, explorePage, newDataSource }) => {
  await newDataSource({ name: 'Plain Prometheus', type: 'prometheus' });
  const uid = await newDataSource({ name: 'Plain Prometheus 2', type: 'prometheus' });
  const query = {
    refId: 'A',
    expr: 'sum by (job) (up{job=~"tango|lango"})',
    legendFormat: 'up: {{job}}',
    interval: '2m',
  };
  const pane = { datasource: uid, queries: [{ ...query, range: true }], range: { from: 'now-1h', to: 'now' } };
  await page.goto(`/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify({ one: pane }))}`);
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await expect(codeField(row)).toHaveText(query.expr);
  await expect(row.getByText(`Legend: ${query.legendFormat}`)).toBeVisible();
  await expect(row.getByText(`Min step: ${query.interval}`)).toBeVisible();
  await expect(explorePage.timeSeriesPanel.locator.getByText('up: tango')).toBeVisible();

  await row.getByRole('radio', { name: 'Catalog' }).check();
  await select(row.getByLabel('Metric', { exact: true }), 'Query throughput by model');
  await row.getByRole('button', { name: 'Filter by model_name' }).click();
  await select(row.getByLabel('model_name', { exact: true }), 'sales_orders');
  await explorePage.datasource.set('Plain Prometheus 2');
  await expect(page.getByText(/tessallite_model_queries_total/).first()).toBeVisible();
});

/** Clicks an action of a cell in Explore's table. The cell shows its actions on hover. */
async function clickOnValue(table: Locator, value: string, action: 'Filter for value' | 'Filter out value') {
  await cellOf(table, value).hover();
  await table.getByRole('button', { name: action }).click();
}
