import type { Page } from '@playwright/test';

import { QUERY_EDITOR, seriousViolations } from './axe';
import { expect, test } from './fixtures';
import { options } from './grafana';
import { codeField } from './promql';
import { select } from './select';

const SEARCH = 'invocation failure rate';
const MODEL = 'customer-churn-predictor';

test('a new user sees the failure rate of one model after six clicks and one search', async ({
  page,
  selectors,
  panelEditPage,
}) => {
  const { seriesName } = selectors.components.VizLegend;
  const series = panelEditPage.getByGrafanaSelector(seriesName(''), {
    root: panelEditPage.panel.locator,
    startsWith: true,
  });
  const clicks = await countClicks(page);
  await panelEditPage.datasource.set('Model Metrics');
  const row = panelEditPage.getQueryEditorRow('A');

  const metric = row.getByLabel('Metric', { exact: true });
  await metric.click();
  await page.keyboard.type(SEARCH);
  await option(page, 'Invocation failure rate').click();
  await row.getByRole('button', { name: 'Filter by model_code' }).click();
  await option(page, MODEL).click();

  await expect(row.getByLabel('Generated PromQL')).toContainText(`model_code="${MODEL}"`);
  await expect(series.filter({ hasText: MODEL })).not.toHaveCount(0);
  await expect(series.filter({ hasNotText: MODEL })).toHaveCount(0);
  await expect(panelEditPage.panel.getErrorIcon()).toHaveCount(0);
  expect(await clicks()).toBeLessThanOrEqual(6);
});

test('a metric and a filter can be selected with the keyboard', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await row.getByLabel('Metric', { exact: true }).focus();
  await page.keyboard.type(SEARCH);
  await expect(options(page).first()).toContainText('Invocation failure rate');
  await page.keyboard.press('Enter');

  const filter = row.getByRole('button', { name: 'Filter by model_code' });
  await expect(filter).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(filter).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type(MODEL);
  await expect(option(page, MODEL)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(row.getByLabel('Generated PromQL')).toContainText(`model_code="${MODEL}"`);
});

test('a catalog query can be continued in PromQL', async ({ explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await select(row.getByLabel('Metric', { exact: true }), 'Query throughput by model');
  const graph = explorePage.timeSeriesPanel.locator;
  await expect(graph.getByText('sales_orders')).toBeVisible();

  await row.getByRole('button', { name: 'Continue in PromQL' }).click();
  await expect(row.getByRole('radio', { name: 'PromQL' })).toBeChecked();
  await expect(codeField(row)).toBeFocused();
  await expect(graph.getByText('sales_orders')).toBeVisible();
});

test('the query help has an example for every platform', async ({ explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await row.getByRole('button', { name: 'Show data source help' }).click();
  for (const pack of ['TANGO', 'Inference server', 'Lango', 'TensorOne', 'Tessallite']) {
    await expect(row.getByRole('region', { name: pack }).getByRole('button').first()).toBeVisible();
  }

  await row.getByLabel('Search the catalog').fill(SEARCH);
  await row.getByRole('button', { name: 'Invocation failure rate', exact: true }).click();
  await expect(row.getByText('invocation_failure_rate_window', { exact: true })).toBeVisible();
  await explorePage.runQuery();
  await expect(explorePage.timeSeriesPanel.locator.getByText(MODEL).first()).toBeVisible();
});

test.describe('the editor', () => {
  // Grafana responds with this status to a query without a required parameter.
  test.use({ expectedError: /400 .*\/api\/ds\/query/ });

  test('is accessible', async ({ page, explorePage }) => {
    await explorePage.datasource.set('Model Metrics');
    const row = explorePage.getQueryEditorRow('A');
    await row.getByLabel('Metric', { exact: true }).waitFor();
    expect(await seriousViolations(page, QUERY_EDITOR), 'without a metric').toEqual([]);

    await select(row.getByLabel('Metric', { exact: true }), 'Total invocation duration since start');
    await row.getByRole('button', { name: 'Options' }).click();
    await expect(row.getByText('Set model_code and model_version to run the query.')).toBeVisible();
    expect(await seriousViolations(page, QUERY_EDITOR), 'without required parameters').toEqual([]);

    await select(row.getByLabel('Metric', { exact: true }), 'Invocation failure rate');
    await row.getByRole('button', { name: 'Filter by type' }).click();
    await page.keyboard.press('Escape');
    await expect(row.getByRole('button', { name: 'Continue in PromQL' })).toBeVisible();
    expect(await seriousViolations(page, QUERY_EDITOR), 'with a filter').toEqual([]);
  });
});

const option = (page: Page, text: string) => options(page).filter({ hasText: text }).first();

/** Starts counting mouse clicks. Returns a function that returns the number of clicks. */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  const counter = await page.evaluateHandle(() => {
    const count = { clicks: 0 };
    document.addEventListener('pointerdown', () => count.clicks++, true);
    return count;
  });
  return () => counter.evaluate(({ clicks }) => clicks);
}
