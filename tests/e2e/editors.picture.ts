import type { Locator, Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { hideMenus } from './grafana';
import { openPromQL } from './promql';
import { ENDPOINT, OTHER_ENDPOINT, selectReport } from './reportQuery';
import { select } from './select';

const MARGIN = 16;

test.use({ viewport: { width: 1200, height: 800 }, colorScheme: 'dark' });

test.beforeEach(({ page }) => hideMenus(page));

test('docs/img/catalog-editor.png', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await select(row.getByLabel('Metric', { exact: true }), 'Invocation failure rate');
  await row.getByRole('button', { name: 'Filter by model_code' }).click();
  await select(row.getByRole('combobox', { name: /^model_code(?! operator)/ }), 'customer-churn-predictor');
  await expect(row.getByRole('button', { name: 'Continue in PromQL' })).toBeEnabled();
  await expect(explorePage.timeSeriesPanel.locator.getByText('customer-churn-predictor').first()).toBeVisible();
  await picture(page, 'catalog-editor', row);
});

test('docs/img/promql-editor.png', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  const field = await openPromQL(row);
  await field.pressSequentially('sum by (endpoint_id) (rate(tensorone_endpoint_');
  const completions = page.getByRole('listbox', { name: 'Completions' });
  await expect(completions.getByRole('option').first()).toBeVisible();
  await picture(page, 'promql-editor', row, completions);
});

test('docs/img/report-editor.png', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await selectReport(row, 'costs.breakdown', [ENDPOINT, OTHER_ENDPOINT]);
  await expect(explorePage.tablePanel.locator.getByText('compute').first()).toBeVisible();
  await picture(page, 'report-editor', row, explorePage.tablePanel.locator);
});

test('docs/img/report-alert.png', async ({ page, alertRuleEditPage }) => {
  await page.setViewportSize({ width: 1200, height: 1600 });
  const { locator: row } = await alertRuleEditPage.getQueryRow();
  await selectReport(row, 'summary.successRate', [ENDPOINT, OTHER_ENDPOINT]);
  await expect(alertRuleEditPage.evaluate()).toBeOK();
  const values = page.getByText(OTHER_ENDPOINT).last();
  await expect(values).toBeVisible();
  await picture(page, 'report-alert', row, values);
});

/** Saves a picture from the top of `row` to the bottom of `last`. */
async function picture(page: Page, name: string, row: Locator, last = row) {
  const [top, bottom] = [await row.boundingBox(), await last.boundingBox()];
  if (!top || !bottom) {
    throw new Error(`The elements of ${name} are not visible.`);
  }
  const y = top.y - MARGIN;
  const height = bottom.y + bottom.height + MARGIN - y;
  await page.screenshot({
    path: `docs/img/${name}.png`,
    clip: { x: 0, y, width: top.x + top.width + MARGIN, height },
    animations: 'disabled',
  });
}
