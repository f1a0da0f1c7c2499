import type { Locator, Page } from '@playwright/test';

import { Account, ADMIN } from './accounts';
import { seriousViolations } from './axe';
import { logIn, Panel } from './create';
import { expect, test } from './fixtures';
import { cellOf } from './grafana';

// The specs paste texts from the clipboard.
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

const NAME = 'Governed';
const TENANT = 'aurora-retail';
const OTHER_TENANT = 'borealis-bank';
const USER: Account = { login: 'aurora-user', password: 'a-long-password' };

/** Administrators can query everything. USER can query one tenant, and not in PromQL. */
const ACCESS = `rules:
  - name: administrators
    when: {role: Admin}
    unrestricted: true
  - name: aurora
    when: {user: ${USER.login}}
    matchers: ['tenant="${TENANT}"']
    policy: {promql: block}
`;

const CATALOG: Panel = {
  title: 'Requests by tenant',
  type: 'timeseries',
  query: { metric: 'inference_request_rate', groupBy: ['tenant'], legendFormat: '{{tenant}}' },
};
const PROMQL: Panel = {
  title: 'Requests in PromQL',
  type: 'timeseries',
  query: { expr: 'sum by (tenant) (rate(inference_requests_total[$__rate_interval]))', legendFormat: '{{tenant}}' },
};

test.describe('with access rules', () => {
  // Grafana responds with one of these statuses to a refused query.
  test.use({ expectedError: /40[03] .*\/api\/ds\/query/ });

  test('an administrator sees every tenant, and a viewer sees one tenant, only in catalog queries', async ({
    page,
    newDataSource,
    newDashboard,
    gotoDashboardPage,
    logInAs,
  }) => {
    const datasource = await newDataSource({ name: NAME, jsonData: { access: ACCESS } });
    const uid = await newDashboard({ title: NAME, datasource, panels: [CATALOG, PROMQL] });

    const all = await gotoDashboardPage({ uid });
    for (const { title } of [CATALOG, PROMQL]) {
      const { locator } = all.getPanelByTitle(title);
      await expect(locator.getByText(TENANT)).toBeVisible();
      await expect(locator.getByText(OTHER_TENANT)).toBeVisible();
    }

    await logInAs(USER);
    const own = await gotoDashboardPage({ uid });
    const catalog = own.getPanelByTitle(CATALOG.title);
    await expect(catalog.locator.getByText(TENANT)).toBeVisible();
    await expect(catalog.locator.getByText(OTHER_TENANT)).toHaveCount(0);
    await expect(catalog.getErrorIcon()).toHaveCount(0);

    const promql = own.getPanelByTitle(PROMQL.title);
    await promql.getErrorIcon().hover();
    await expect(page.getByText(/This follows from the access rule "aurora" \(promql_not_allowed\)\.$/)).toBeVisible();
    await expect(promql.locator.getByText(TENANT)).toHaveCount(0);
  });

  test('an editor who may query only the catalog sees the reason instead of PromQL in the query editor', async ({
    explorePage,
    newDataSource,
    logInAs,
  }) => {
    await newDataSource({ name: NAME, jsonData: { access: ACCESS } });
    await logInAs(USER, 'Editor');
    await explorePage.goto();
    await explorePage.datasource.set(NAME);
    const row = explorePage.getQueryEditorRow('A');
    await expect(row.getByText(/^You may not use PromQL in this data source\./)).toBeVisible();
    await expect(row.getByRole('radio', { name: 'Catalog' })).toBeChecked();
    await expect(row.getByRole('radio', { name: 'Report' })).toBeVisible();
    await expect(row.getByRole('radio', { name: 'PromQL' })).toHaveCount(0);
    await expect(row.getByRole('radio', { name: 'Audit log' })).toHaveCount(0);
  });

  test('an administrator sees refused queries in the audit log, and other users do not', async ({
    page,
    explorePage,
    newDataSource,
    logInAs,
  }) => {
    const datasource = await newDataSource({ name: NAME, jsonData: { access: ACCESS } });
    await logInAs(USER);
    const refused = await page.request.post('/api/ds/query', {
      data: { from: 'now-5m', to: 'now', queries: [{ refId: 'A', datasource: { uid: datasource }, expr: 'up' }] },
    });
    expect(await refused.text()).toContain('promql_not_allowed');
    const audit = `/api/datasources/uid/${datasource}/resources/audit`;
    expect((await page.request.get(audit)).status()).toBe(403);

    await logIn(page.request, ADMIN);
    expect((await (await page.request.get(audit)).json()).events).toContainEqual(
      expect.objectContaining({ actor: USER.login, verdict: 'block', reason: 'promql_not_allowed' })
    );
    await explorePage.goto();
    await explorePage.datasource.set(NAME);
    const row = explorePage.getQueryEditorRow('A');
    await row.getByRole('radio', { name: 'Audit log' }).check();
    await row.getByLabel('Actor').fill(USER.login);
    await row.getByLabel('Actor').press('Enter');
    await expect(page.getByText(/promql_not_allowed/).first()).toBeVisible();
    await row.getByLabel('Actor').fill('nobody');
    await row.getByLabel('Actor').press('Enter');
    await expect(page.getByText(/promql_not_allowed/)).toHaveCount(0);
  });
});

test('the example of access rules is valid, and a table explains what a caller sees', async ({
  page,
  selectors,
  newDataSource,
}) => {
  await openAccess(page, await newDataSource({ name: NAME }));
  await page.getByRole('button', { name: 'Insert example' }).click();
  await expect(page.getByText('Valid', { exact: true })).toBeVisible();

  const result = page.getByRole('status', { name: 'Result for this caller' });
  await expect(cellOf(result, 'None')).toBeVisible();
  await page.getByLabel('Email').fill('alice@globex.com');
  await expect(cellOf(result, 'Only {tenant="globex"}')).toBeVisible();
  await expect(cellOf(result, 'globex')).toBeVisible();
  await expect(cellOf(result, 'Blocked above 90d')).toBeVisible();
  await page.getByLabel('Alert rule').press('Space');
  await expect(cellOf(result, 'Only {tenant=~"acme|globex"}')).toBeVisible();
  expect(await seriousViolations(page, { within: 'form' })).toEqual([]);

  await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
  await expect(page.getByText(/^Connected to Prometheus 3/)).toBeVisible();
});

test('the problems of access rules are shown with their lines while they are edited', async ({
  page,
  newDataSource,
}) => {
  await openAccess(page, await newDataSource({ name: NAME }));
  await paste(rules(page), 'rules:\n  - when: {role: Boss}\n    deny: true\n');
  const problem = page.getByRole('list', { name: 'Problems' }).getByRole('listitem');
  await expect(problem).toContainText('Line 2 · ');
  await page.getByRole('button', { name: 'Line 2' }).click();
  await expect(rules(page)).toBeFocused();
  await expect(page.getByText('What would they see?')).toHaveCount(0);
});

/** Opens the section for access rules in a data source's settings. */
async function openAccess(page: Page, uid: string) {
  await page.goto(`/connections/datasources/edit/${uid}`);
  await page.getByRole('button', { name: 'Expand section Access and policy' }).click();
  await expect(rules(page)).toBeVisible();
}

const rules = (page: Page) => page.getByRole('textbox', { name: 'Access rules in YAML' });

async function paste(field: Locator, text: string) {
  await field.page().evaluate((content) => navigator.clipboard.writeText(content), text);
  await field.press('ControlOrMeta+a');
  await field.press('ControlOrMeta+v');
}
