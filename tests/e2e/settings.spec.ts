import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';
import type { Panel } from './create';

const REFUSING_URL = 'http://127.0.0.1:9';

test('"Save & test" reports the server', async ({ page, selectors }) => {
  await openSettings(page, 'modelmetrics');
  await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
  await expect(
    page.getByText(/^Connected to Prometheus 3\.\d+\.\d+\. The catalog has \d+ metrics in \d+ packs\.$/)
  ).toBeVisible();
  await expect(testResult(page)).toContainText([
    /^Server: Prometheus 3\.\d+\.\d+$/,
    'Query language: PromQL',
    'HTTP method: POST',
    'Exemplars: yes',
    /^Catalog: \d+ metrics$/,
    /^Packs: .*TANGO \(\d+\)/,
  ]);
});

test('"Save & test" reports what to check if no server responds', async ({ page, selectors, newDataSource }) => {
  await openSettings(page, await newDataSource({ name: 'Refused', url: REFUSING_URL }));
  await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
  await expect(
    page.getByText(
      'Could not connect to Prometheus at 127.0.0.1:9: connection refused. ' +
        "Check that it is running and that the data source's URL is correct."
    )
  ).toBeVisible();
  await expect(testResult(page)).toContainText(['The test query failed.', /^Catalog: \d+ metrics$/]);
});

test('a provisioned data source can be viewed and tested, but not changed', async ({ page, newDataSource }) => {
  const datasource = await newDataSource({
    name: 'Read-only',
    jsonData: { disabledPacks: ['tango'], packs: 'pack: mine' },
  });
  // Grafana sets readOnly for a data source that provisioning makes read-only.
  await page.route(`**/api/datasources/uid/${datasource}?*`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), readOnly: true } });
  });
  await openSettings(page, datasource);
  await page.getByRole('button', { name: 'Expand section Limits' }).click();
  await expect(page.getByLabel('Pack TANGO', { exact: true })).not.toBeChecked();
  // The code editor gets the focus, but ignores input.
  await page.getByLabel('Packs in YAML').press('x');
  await expect(page.locator('.view-lines')).toHaveText(/^pack:\smine$/);
  await expect(page.locator('form :is(input, textarea):enabled:not([readonly], .monaco-editor *)')).toHaveCount(0);

  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(testResult(page)).toContainText([/^Server: Prometheus 3/, /^User metrics: 2 problems, in line 1/]);
});

test.describe('a pack', () => {
  // Grafana responds with this status to a failed query.
  test.use({ expectedError: /400 .*\/api\/ds\/query/ });

  test('can be disabled, which makes its queries fail, and enabled again', async ({
    page,
    selectors,
    newDataSource,
    newDashboard,
    gotoDashboardPage,
  }) => {
    // The settings also contain the name of an unknown pack, which is ignored.
    const datasource = await newDataSource({ name: 'Without TANGO', jsonData: { disabledPacks: ['bakery'] } });
    const sessions: Panel = { title: 'Sessions', type: 'timeseries', query: { metric: 'active_sessions' } };
    const uid = await newDashboard({ title: 'Sessions', datasource, panels: [sessions] });
    const togglePack = async () => {
      await openSettings(page, datasource);
      await page.getByLabel('Pack TANGO', { exact: true }).press('Space');
      await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
      await expect(page.getByText(/^Connected to Prometheus 3/)).toBeVisible();
    };

    await togglePack();
    await expect(testResult(page).filter({ hasText: /^Disabled packs: TANGO \(\d+\)$/ })).toBeVisible();
    await expect(testResult(page).filter({ hasText: /not in this version of the plugin: bakery$/ })).toBeVisible();
    await page.getByRole('button', { name: 'TANGO' }).click();
    await expect(page.getByRole('cell', { name: 'active_sessions', exact: true })).toBeVisible();
    const failing = (await gotoDashboardPage({ uid })).getPanelByTitle(sessions.title);
    await failing.getErrorIcon().hover();
    await expect(
      page.getByText(/^The metric active_sessions belongs to the pack tango, which is disabled for this data source\./)
    ).toBeVisible();

    await togglePack();
    const working = (await gotoDashboardPage({ uid })).getPanelByTitle(sessions.title);
    const series = selectors.components.VizLegend.seriesName('');
    await expect(working.getByGrafanaSelector(series, { root: working.locator, startsWith: true })).not.toHaveCount(0);
    await expect(working.getErrorIcon()).toHaveCount(0);
  });
});

test.describe('the series limit', () => {
  // Grafana responds with this status to a failed query.
  test.use({ expectedError: /400 .*\/api\/ds\/query/ });

  test('fails a query over the limit, or truncates its response with partial data', async ({
    page,
    selectors,
    newDataSource,
    newDashboard,
    gotoDashboardPage,
  }) => {
    const datasource = await newDataSource({ name: 'Limited' });
    const jobs: Panel = { title: 'Jobs', type: 'timeseries', query: { expr: 'sum by (job) (up)' } };
    const uid = await newDashboard({ title: 'Limited', datasource, panels: [jobs] });
    const save = async () => {
      await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
      await expect(page.getByText(/^Connected to Prometheus 3/)).toBeVisible();
    };

    await openSettings(page, datasource);
    await page.getByRole('button', { name: 'Expand section Limits' }).click();
    await page.getByLabel('Series limit').fill('1');
    await save();
    const failing = (await gotoDashboardPage({ uid })).getPanelByTitle(jobs.title);
    await failing.getErrorIcon().hover();
    await expect(
      page.getByText(/has more than 1 series, which is the data source's limit \(series limit\)/)
    ).toBeVisible();

    await openSettings(page, datasource);
    await page.getByRole('button', { name: 'Expand section Limits' }).click();
    await expect(page.getByLabel('Series limit')).toHaveValue('1');
    await page.getByLabel('Partial data').press('Space');
    await save();
    const truncated = (await gotoDashboardPage({ uid })).getPanelByTitle(jobs.title);
    const series = selectors.components.VizLegend.seriesName('');
    await expect(truncated.getByGrafanaSelector(series, { root: truncated.locator, startsWith: true })).toHaveCount(1);
    await expect(truncated.getErrorIcon()).toHaveCount(0);
    // The notice is an icon without a name in the panel's title.
    await truncated.locator.getByTestId('title-items-container').locator('svg').hover();
    await expect(page.getByText(/^Partial data: the response has more than 1 series/)).toBeVisible();
  });
});

/** Returns the lines of the last test result. */
function testResult(page: Page) {
  return page.getByRole('list', { name: 'Test result' }).getByRole('listitem');
}

async function openSettings(page: Page, uid: string) {
  await page.goto(`/connections/datasources/edit/${uid}`);
  await expect(page.getByLabel('Data source connection URL')).toHaveValue(/^http:/);
}
