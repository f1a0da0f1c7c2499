import { createReportRule } from './create';
import { expect, test } from './fixtures';
import { cellOf } from './grafana';
import { ENDPOINT, selectReport } from './reportQuery';
import { EVALUATED, readRules } from './rules';

test('a table panel shows the cost breakdown of an endpoint', async ({ newDashboard, gotoPanelEditPage }) => {
  const uid = await newDashboard({
    title: 'Costs',
    panels: [{ title: 'Costs', type: 'table', query: {} }],
  });
  const panelEditPage = await gotoPanelEditPage({ dashboard: { uid }, id: '1' });
  const row = panelEditPage.getQueryEditorRow('A');
  await selectReport(row, 'costs.breakdown');

  const table = panelEditPage.panel.locator;
  for (const category of ['compute', 'storage', 'network', 'other']) {
    await expect(cellOf(table, category)).toBeVisible();
  }
  await expect(table.getByText(/^\$\d/).first()).toBeVisible();
  await expect(panelEditPage.panel.getErrorIcon()).toHaveCount(0);

  // The query keeps the fields of the report while its type is PromQL.
  await row.getByRole('radio', { name: 'PromQL' }).check();
  await row.getByRole('radio', { name: 'Report' }).check();
  await expect(row.getByText(ENDPOINT)).toBeVisible();
  await expect(row.getByText('(costs.breakdown)')).toBeVisible();
});

test('a new rule over the success rate of a report is evaluated in its editor', async ({ page, alertRuleEditPage }) => {
  const row = await alertRuleEditPage.getQueryRow();
  await selectReport(row.locator, 'summary.successRate');
  await expect(alertRuleEditPage.evaluate()).toBeOK();
  await expect(page.getByText(ENDPOINT).nth(1)).toBeVisible();
});

test('a saved rule over the success rate of a report fires below its limit', async ({ request }) => {
  test.setTimeout(EVALUATED.timeout);
  const create = (title: string, type: 'lt' | 'gt') =>
    createReportRule(request, title, ENDPOINT, 'summary.successRate', { type, limit: 101 });
  const rules = [await create('Below the limit', 'lt'), await create('Above the limit', 'gt')];
  const ruleOf = async (title: string) => (await readRules(request)).find(({ name }) => name === title);
  try {
    await expect(async () => {
      expect(await ruleOf('Below the limit')).toMatchObject({ health: 'ok', state: 'firing' });
      expect(await ruleOf('Above the limit')).toMatchObject({ health: 'ok', state: 'inactive' });
    }).toPass({ timeout: 120_000 });
  } finally {
    for (const { folder } of rules) {
      await request.delete(`/api/folders/${folder}?forceDeleteRules=true`);
    }
  }
});
