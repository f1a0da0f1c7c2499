import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';
import type { Panel } from './made';

const URL_THAT_REFUSES = 'http://127.0.0.1:9';

test('"Save & test" says which server answered', async ({ page, selectors }) => {
  await openSettings(page, 'modelmetrics');
  await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
  await expect(
    page.getByText(/^Connected to Prometheus 3\.\d+\.\d+\. The catalog has \d+ metrics in \d+ packs\.$/)
  ).toBeVisible();
  await expect(found(page)).toContainText([
    /^Server: Prometheus 3\.\d+\.\d+$/,
    'Query language: PromQL',
    'Queries are sent by: POST',
    'Exemplars: yes',
    /^Catalog: \d+ metrics$/,
    /^Packs: .*TANGO \(\d+\)/,
  ]);
});

test('"Save & test" says what to check when nothing answers', async ({ page, selectors, newDataSource }) => {
  await openSettings(page, await newDataSource({ name: 'Refused', url: URL_THAT_REFUSES }));
  await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
  await expect(
    page.getByText(
      'Could not connect to Prometheus at 127.0.0.1:9: connection refused. ' +
        "Check that it is running and that the data source's URL is correct."
    )
  ).toBeVisible();
  await expect(found(page)).toContainText(['No server answered.', /^Catalog: \d+ metrics$/]);
});

test('a provisioned data source can be read and tested, and not changed', async ({ page, newDataSource }) => {
  const datasource = await newDataSource({
    name: 'Read-only',
    jsonData: { disabledPacks: ['tango'], packs: 'pack: mine' },
  });
  // As Grafana says of one whose provisioning file doesn't let it be edited.
  await page.route(`**/api/datasources/uid/${datasource}?*`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), readOnly: true } });
  });
  await openSettings(page, datasource);
  await page.getByRole('button', { name: 'Expand section Limits' }).click();
  await expect(page.getByLabel('Pack TANGO', { exact: true })).not.toBeChecked();
  // The code editor takes the cursor all the same, and no letter.
  await page.getByLabel('Packs in YAML').press('x');
  await expect(page.locator('.view-lines')).toHaveText(/^pack:\smine$/);
  await expect(page.locator('form :is(input, textarea):enabled:not([readonly], .monaco-editor *)')).toHaveCount(0);

  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(found(page)).toContainText([/^Server: Prometheus 3/, /^Problems of own metrics: 2, in line 1/]);
});

test.describe('a pack', () => {
  // Grafana answers a query that fails with this status.
  test.use({ provoked: /400 .*\/api\/ds\/query/ });

  test('that is turned off says so where it is asked for, and comes back', async ({
    page,
    selectors,
    newDataSource,
    newDashboard,
    gotoDashboardPage,
  }) => {
    // With the name of one that another version may have: it stops nothing.
    const datasource = await newDataSource({ name: 'Without TANGO', jsonData: { disabledPacks: ['bakery'] } });
    const sessions: Panel = { title: 'Sessions', type: 'timeseries', query: { metric: 'active_sessions' } };
    const uid = await newDashboard({ title: 'Sessions', datasource, panels: [sessions] });
    const turn = async () => {
      await openSettings(page, datasource);
      await page.getByLabel('Pack TANGO', { exact: true }).press('Space');
      await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
      await expect(page.getByText(/^Prometheus 3.* answers\./)).toBeVisible();
    };

    await turn();
    await expect(found(page).filter({ hasText: /^Turned off: TANGO \(\d+\)$/ })).toBeVisible();
    await expect(found(page).filter({ hasText: /not in this version of the plugin: bakery$/ })).toBeVisible();
    await page.getByRole('button', { name: 'TANGO' }).click();
    await expect(page.getByRole('cell', { name: 'active_sessions', exact: true })).toBeVisible();
    const refused = (await gotoDashboardPage({ uid })).getPanelByTitle(sessions.title);
    await refused.getErrorIcon().hover();
    await expect(
      page.getByText(/^The metric active_sessions belongs to the pack tango, which is disabled for this data source\./)
    ).toBeVisible();

    await turn();
    const shown = (await gotoDashboardPage({ uid })).getPanelByTitle(sessions.title);
    const series = selectors.components.VizLegend.seriesName('');
    await expect(shown.getByGrafanaSelector(series, { root: shown.locator, startsWith: true })).not.toHaveCount(0);
    await expect(shown.getErrorIcon()).toHaveCount(0);
  });
});

test.describe('the series limit', () => {
  // Grafana answers a query that fails with this status.
  test.use({ provoked: /400 .*\/api\/ds\/query/ });

  test('refuses what is over it, or with partial data cuts it', async ({
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
      await expect(page.getByText(/^Prometheus 3.* answers\./)).toBeVisible();
    };

    await openSettings(page, datasource);
    await page.getByRole('button', { name: 'Expand section Limits' }).click();
    await page.getByLabel('Series limit').fill('1');
    await save();
    const refused = (await gotoDashboardPage({ uid })).getPanelByTitle(jobs.title);
    await refused.getErrorIcon().hover();
    await expect(
      page.getByText(/has more than 1 series, which is the data source's limit \(series limit\)/)
    ).toBeVisible();

    await openSettings(page, datasource);
    await page.getByRole('button', { name: 'Expand section Limits' }).click();
    await expect(page.getByLabel('Series limit')).toHaveValue('1');
    await page.getByLabel('Partial data').press('Space');
    await save();
    const cut = (await gotoDashboardPage({ uid })).getPanelByTitle(jobs.title);
    const series = selectors.components.VizLegend.seriesName('');
    await expect(cut.getByGrafanaSelector(series, { root: cut.locator, startsWith: true })).toHaveCount(1);
    await expect(cut.getErrorIcon()).toHaveCount(0);
    // The notice stands at the panel's title as a sign without a name.
    await cut.locator.getByTestId('title-items-container').locator('svg').hover();
    await expect(page.getByText(/^Partial data: the answer has more than 1 series/)).toBeVisible();
  });
});

/** What the settings page shows of the last test. */
function found(page: Page) {
  return page.getByRole('list', { name: 'Found by the test' }).getByRole('listitem');
}

async function openSettings(page: Page, uid: string) {
  await page.goto(`/connections/datasources/edit/${uid}`);
  await expect(page.getByLabel('Data source connection URL')).toHaveValue(/^http:/);
}
