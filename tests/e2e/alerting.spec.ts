import { expect, test } from './fixtures';
import { INCIDENTS } from './incidents';
import { openPromQL } from './promql';
import { EVALUATED, provisionedRules, readRules } from './rules';
import { select } from './select';

const EXPECTED_TO_FIRE = Object.values(INCIDENTS).flat().sort();

test('every provisioned rule is evaluated, and the rules of the incidents fire', async ({ page, request }) => {
  test.setTimeout(EVALUATED.timeout + 60_000);
  const titles = await provisionedRules(request);
  expect(titles).toEqual(expect.arrayContaining(EXPECTED_TO_FIRE));

  await expect(async () => {
    const rules = await readRules(request);
    expect(rules.map(({ name }) => name).sort()).toEqual(titles);
    expect(rules.filter(({ health, lastError }) => health !== 'ok' || lastError)).toEqual([]);
    const firing = rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
    expect(firing.sort()).toEqual(EXPECTED_TO_FIRE);
  }).toPass(EVALUATED);

  const alerts = (await readRules(request)).flatMap((rule) => rule.alerts ?? []);
  expect(alerts.filter(({ state }) => /NoData|Error/.test(state))).toEqual([]);
  const firing = alerts.filter(({ state }) => state === 'Alerting');
  expect(firing.length).toBeGreaterThanOrEqual(EXPECTED_TO_FIRE.length);
  for (const { annotations } of firing) {
    expect(annotations.summary).toMatch(/\w/);
    expect(annotations.description).toMatch(/\w/);
    expect(annotations.runbook_url).toMatch(/^https:.*\/docs\/runbooks\/\w+\.md$/);
  }
  expect(JSON.stringify(alerts)).not.toContain('[no value]');

  await page.goto('/alerting/list');
  await expect(page.getByText(`${titles.length} rules`)).toBeVisible();
  await expect(page.getByText(`${EXPECTED_TO_FIRE.length} firing`, { exact: true })).toBeVisible();
});

test('a new rule with a catalog query is evaluated', async ({ page, alertRuleEditPage }) => {
  const row = await alertRuleEditPage.getQueryRow();
  await expect(row.locator.getByText('Type: Instant')).toBeVisible();
  await select(row.locator.getByLabel('Metric', { exact: true }), 'Services that are up');
  await expect(row.locator.getByText('tessallite_service_up')).toBeVisible();

  await expect(alertRuleEditPage.evaluate()).toBeOK();
  await expect(page.getByText('query-router').first()).toBeVisible();
});

test('a new rule is evaluated once its PromQL expression is complete', async ({ page, alertRuleEditPage }) => {
  const row = await alertRuleEditPage.getQueryRow();
  const field = await openPromQL(row.locator);
  await field.press('Shift+Enter');
  await field.fill('up{job="tango"}');

  await expect(alertRuleEditPage.evaluate()).toBeOK();
  await expect(page.getByText('tango-api').first()).toBeVisible();
});
