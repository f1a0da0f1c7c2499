import type { Locator } from '@playwright/test';

import { rowsByPanel } from './answers';
import { expect, test } from './fixtures';
import { codeField, offered, openPromQL } from './promql';

const REQUESTS = 'inference_requests_total';

test('completion offers metrics with their help, labels, values, windows and functions', async ({
  page,
  explorePage,
}) => {
  await explorePage.datasource.set('Model Metrics');
  const field = await openPromQL(explorePage.getQueryEditorRow('A'));

  await field.pressSequentially('ra');
  await offered(page, 'rate').click();
  await field.pressSequentially('(inference_req');
  await expect(offered(page, REQUESTS)).toContainText('counter');
  await expect(page.locator('.cm-completionInfo')).toContainText(/\w/);
  await offered(page, REQUESTS).click();
  await field.pressSequentially('{mo');
  await offered(page, 'model').click();
  await field.pressSequentially('="sent');
  await offered(page, 'sentiment').click();
  // The brackets that were opened are closed already.
  await field.press('ArrowRight');
  await field.press('ArrowRight');
  await field.pressSequentially('[');
  await offered(page, '$__rate_interval').click();
  await expect(field).toHaveText(`rate(${REQUESTS}{model="sentiment"}[$__rate_interval])`);
  await expect(errorsIn(field)).toHaveCount(0);

  await field.press('Shift+Enter');
  await expect(explorePage.timeSeriesPanel.locator.locator('canvas')).toBeVisible();

  // What ran is offered again.
  await field.fill('');
  await field.press('Control+Space');
  await page.getByRole('option', { name: 'ran lately' }).first().click();
  await expect(field).toHaveText(`rate(${REQUESTS}{model="sentiment"}[$__rate_interval])`);
});

test('errors are marked while they are written, variables are not', async ({ page, gotoPanelEditPage }) => {
  const answered = rowsByPanel(page);
  const panelEditPage = await gotoPanelEditPage({ dashboard: { uid: 'tessallite-overview' }, id: '3' });
  const field = await openPromQL(panelEditPage.getQueryEditorRow('A'));

  await field.fill('sum(tessallite_model_queries_total[$__rate_interval])');
  await expect(errorsIn(field)).toHaveText('tessallite_model_queries_total[$__rate_interval]');
  await errorsIn(field).hover();
  await expect(page.getByText(/expected type vector/)).toBeVisible();

  await field.fill('sum by (tenant) (rate(tessallite_model_queries_total{tenant=~"$ten');
  await offered(page, '$tenant').click();
  await field.pressSequentially('"}[$__rate_interval]))');
  await expect(field).toHaveText(/"\$tenant"}\[\$__rate_interval\]\)\)$/);
  await expect(errorsIn(field)).toHaveCount(0);

  answered.clear();
  await field.press('ControlOrMeta+Enter');
  await expect.poll(() => answered.get(3) ?? 0).toBeGreaterThan(0);
  await expect(panelEditPage.panel.getErrorIcon()).toHaveCount(0);
});

test('the keyboard gets into the field, and out of it', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  const field = await openPromQL(row);
  await field.pressSequentially('inference');
  await expect(offered(page, REQUESTS)).toBeVisible();
  await field.press('Escape');
  await expect(offered(page, REQUESTS)).toHaveCount(0);
  await expect(field).toBeFocused();
  await field.press('Tab');
  await expect(field).toHaveText('inference');
  await expect(row.locator(':focus')).toHaveCount(1);
  await expect(field).not.toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(field).toBeFocused();
});

test.describe('where the code editor can’t be loaded', () => {
  test.use({ provoked: /promql\.js/ });

  test('a query is written in a plain field', async ({ page, explorePage }) => {
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
