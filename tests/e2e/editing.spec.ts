import type { Locator, Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { completion, openPromQL } from './promql';
import { select } from './select';

const RATE = 'rate(inference_requests_total[$__rate_interval])';

test('units of a catalog query are shown in Explore and can be switched off', async ({ explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await select(row.getByLabel('Metric', { exact: true }), 'Query throughput by model');
  await expect(row.getByText('Units: from the catalog')).toBeVisible();
  const withUnit = explorePage.tablePanel.locator.getByText(/\d req\/s$/);
  await expect(withUnit.first()).toBeVisible();

  await row.getByRole('button', { name: 'Options' }).click();
  // Grafana's switch is an invisible field, which can't be clicked.
  await row.getByLabel('Units from the catalog').press('Space');
  await expect(withUnit).toHaveCount(0);
});

test('Enter after a finished query inserts nothing, and completions continue the query', async ({
  page,
  explorePage,
}) => {
  await explorePage.datasource.set('Model Metrics');
  const field = await openPromQL(explorePage.getQueryEditorRow('A'));
  await field.pressSequentially('sum(up)', { delay: 50 });
  await page.waitForTimeout(500); // A list could open only now.
  await field.press('Enter');
  await expect(field).toHaveText('sum(up)');
  await field.press('Control+Space');
  await expect(selected(page)).toHaveCount(0);

  await field.fill('');
  await field.pressSequentially('rat', { delay: 50 });
  await expect(completion(page, 'rate')).toBeVisible();
  await field.press('Tab');
  await expect(field).toHaveText('rate()');
  await field.pressSequentially('inference_requests_t', { delay: 50 });
  await expect(completion(page, 'inference_requests_total')).toBeVisible();
  await helpIsBesideList(page);
  await accept(field);
  await field.pressSequentially('{mod', { delay: 50 });
  await expect(completion(page, 'model')).toBeVisible();
  await accept(field);
  await expect(field).toHaveText('rate(inference_requests_total{model=""})');
  await expect(completion(page, 'sentiment')).toBeVisible();
  await expect(selected(page)).toHaveCount(0);
  await field.pressSequentially('sent', { delay: 50 });
  await accept(field);
  await field.pressSequentially('}[', { delay: 50 });
  await expect(field).toHaveText('rate(inference_requests_total{model="sentiment"}[])');
});

test('hints, the explanation and the metrics browser help to write PromQL', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  const field = await openPromQL(row);
  await field.fill('inference_requests_total');
  await row.getByRole('button', { name: 'Run query' }).click();
  await expect(row.getByText('inference_requests_total is a counter, which only rises.')).toBeVisible();
  await row.getByRole('button', { name: 'Apply rate()' }).click();
  await expect(field).toHaveText(RATE);
  await expect(explorePage.timeSeriesPanel.locator.locator('canvas').first()).toBeVisible();

  await row.getByRole('button', { name: 'Explain' }).click();
  const parts = row.getByRole('list', { name: 'Explanation' }).getByRole('listitem');
  await expect(parts).toHaveCount(2);
  await expect(parts.first()).toContainText('Calculate per-second increase');

  await field.fill('inference_latency_seconds_bucket');
  await page.keyboard.press('Shift+Enter');
  await row.getByRole('button', { name: 'Apply histogram_quantile()' }).click();
  await expect(field).toHaveText(/^histogram_quantile\(0\.95, sum by \(le\) \(rate\(/);

  await row.getByRole('button', { name: 'Metrics browser' }).click();
  await select(row.getByLabel(/^Metric( - optional)?$/), 'inference_requests_total');
  await select(row.getByLabel(/^Add filter/), 'model');
  await select(row.getByLabel('model', { exact: true }), 'sentiment');
  await row.getByRole('button', { name: /^Use rate\(/ }).click();
  await expect(field).toHaveText('rate(inference_requests_total{model="sentiment"}[$__rate_interval])');

  await row.getByRole('button', { name: 'Options' }).click();
  await expect(row.getByText('Both', { exact: true })).toBeVisible();
});

test('a change to Prometheus keeps PromQL, also that of a catalog query', async ({
  page,
  explorePage,
  newDataSource,
}) => {
  await newDataSource({ name: 'Plain Prometheus 3', type: 'prometheus' });
  await explorePage.goto(); // The page lists the data sources that existed when it was loaded.
  await explorePage.datasource.set('Model Metrics');
  const row = explorePage.getQueryEditorRow('A');
  await select(row.getByLabel('Metric', { exact: true }), 'Query throughput by model');
  const generated = row.getByLabel('Generated PromQL');
  await expect(generated).toHaveText(/tessallite_model_queries_total/);
  const expr = (await generated.innerText()).trim();
  await explorePage.datasource.set('Plain Prometheus 3');
  await expect.poll(() => queriesInUrl(page)).toContainEqual(expect.objectContaining({ expr, editorMode: 'code' }));
  await expect(explorePage.timeSeriesPanel.locator.getByText('sales_orders')).toBeVisible();
});

/** The selected completion. */
const selected = (page: Page): Locator => page.locator('.cm-tooltip-autocomplete [aria-selected=true]');

/** Accepts the selected completion. For a moment, a list that has just opened accepts no keys. */
async function accept(field: Locator) {
  await expect(selected(field.page())).toHaveCount(1);
  await field.page().waitForTimeout(150);
  await field.press('Enter');
}

/** Checks that the help of the selected completion doesn't cover the list. */
async function helpIsBesideList(page: Page) {
  const list = await page.locator('.cm-tooltip-autocomplete > ul').boundingBox();
  const help = await page.locator('.cm-completionInfo').boundingBox();
  const isApart =
    list &&
    help &&
    (help.x >= list.x + list.width - 1 ||
      help.x + help.width <= list.x + 1 ||
      help.y >= list.y + list.height - 1 ||
      help.y + help.height <= list.y + 1);
  expect(isApart, JSON.stringify({ list, help })).toBe(true);
}

/** Returns the queries in the URL of Explore. */
function queriesInUrl(page: Page): unknown[] {
  const panes = JSON.parse(new URL(page.url()).searchParams.get('panes') ?? '{}');
  return Object.values<{ queries: unknown[] }>(panes).flatMap(({ queries }) => queries);
}
