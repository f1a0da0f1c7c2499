import type { Locator } from '@playwright/test';

import { rowsByPanel } from './responses';
import { expect, test } from './fixtures';
import { codeField, completion, openPromQL } from './promql';

const REQUESTS = 'inference_requests_total';

test('completion lists metrics with their help, labels, values, macros and functions', async ({
  page,
  explorePage,
}) => {
  await explorePage.datasource.set('Model Metrics');
  const field = await openPromQL(explorePage.getQueryEditorRow('A'));

  await field.pressSequentially('ra');
  await completion(page, 'rate').click();
  await field.pressSequentially('inference_req');
  await expect(completion(page, REQUESTS)).toContainText('counter');
  await expect(page.locator('.cm-completionInfo')).toContainText(/\w/);
  await completion(page, REQUESTS).click();
  await field.pressSequentially('{mo');
  await completion(page, 'model').click();
  await field.pressSequentially('sent');
  await completion(page, 'sentiment').click();
  // The editor has added a closing brace. The arrow key moves the cursor past it.
  await field.press('ArrowRight');
  await field.pressSequentially('[');
  await completion(page, '$__rate_interval').click();
  await expect(field).toHaveText(`rate(${REQUESTS}{model="sentiment"}[$__rate_interval])`);
  await expect(errorsIn(field)).toHaveCount(0);

  await field.press('Shift+Enter');
  await expect(explorePage.timeSeriesPanel.locator.locator('canvas')).toBeVisible();

  // The completions now contain the query as a recent query.
  await field.fill('');
  await field.press('Control+Space');
  await page.getByRole('option', { name: 'recent query' }).first().click();
  await expect(field).toHaveText(`rate(${REQUESTS}{model="sentiment"}[$__rate_interval])`);
});

test('errors are marked while the user types, and variables are not', async ({ page, gotoPanelEditPage }) => {
  const rows = rowsByPanel(page);
  const panelEditPage = await gotoPanelEditPage({ dashboard: { uid: 'tessallite-overview' }, id: '3' });
  const field = await openPromQL(panelEditPage.getQueryEditorRow('A'));

  await field.fill('sum(tessallite_model_queries_total[$__rate_interval])');
  await expect(errorsIn(field)).toHaveText('tessallite_model_queries_total[$__rate_interval]');
  await errorsIn(field).hover();
  await expect(page.getByText(/expected type vector/)).toBeVisible();

  await field.fill('sum by (tenant) (rate(tessallite_model_queries_total{tenant=~"$ten');
  await completion(page, '$tenant').click();
  await field.pressSequentially('"}[$__rate_interval]))');
  await expect(field).toHaveText(/"\$tenant"}\[\$__rate_interval\]\)\)$/);
  await expect(errorsIn(field)).toHaveCount(0);

  rows.clear();
  await field.press('ControlOrMeta+Enter');
  await expect.poll(() => rows.get(3) ?? 0).toBeGreaterThan(0);
  await expect(panelEditPage.panel.getErrorIcon()).toHaveCount(0);
});

test('the field can be entered and left with the keyboard', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  const field = await openPromQL(row);
  await field.pressSequentially('inference');
  await expect(completion(page, REQUESTS)).toBeVisible();
  await field.press('Escape');
  await expect(completion(page, REQUESTS)).toHaveCount(0);
  await expect(field).toBeFocused();
  await field.press('Tab');
  await expect(field).toHaveText('inference');
  await expect(row.locator(':focus')).toHaveCount(1);
  await expect(field).not.toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(field).toBeFocused();
});

test.describe('if the code editor can’t be loaded', () => {
  test.use({ expectedError: /promql\.js/ });

  test('a query is edited in a plain field', async ({ page, explorePage }) => {
    await page.route(/\/promql\.js/, (route) => route.abort());
    await explorePage.datasource.set('Model Metrics');
    const row = explorePage.getQueryEditorRow('A');
    await row.getByRole('radio', { name: 'PromQL' }).check();
    await row.getByRole('textbox', { name: 'PromQL' }).fill('sum by (job) (up)');
    await page.keyboard.press('Shift+Enter');
    await expect(explorePage.timeSeriesPanel.locator.getByText('query-router')).toBeVisible();
    await expect(codeField(row)).toHaveCount(0);
  });
});

function errorsIn(field: Locator): Locator {
  return field.locator('.cm-lintRange-error');
}
