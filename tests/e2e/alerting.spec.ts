import type { APIRequestContext } from '@playwright/test';

import { expect, test } from './fixtures';
import { select } from './select';

// What the incident `latency`, with which the demo runs, is about.
const EXPECTED_TO_FIRE = ['InferenceHighP99Latency', 'TessalliteHighLatencyP95', 'TessalliteModelSlow'];

// Grafana evaluates each rule once a minute.
const EVALUATED = { timeout: 180_000 };

interface Rule {
  name: string;
  state: string;
  health: string;
  lastError?: string;
  alerts?: Array<{ state: string; annotations: Record<string, string> }>;
}

test('every provisioned rule is evaluated, and those about latency fire', async ({ page, request }) => {
  test.setTimeout(EVALUATED.timeout + 60_000);
  const provisioned: Array<{ title: string }> = await (await request.get('/api/v1/provisioning/alert-rules')).json();
  const titles = provisioned.map(({ title }) => title).sort();
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
  for (const { annotations } of firing) {
    expect(annotations.summary).toMatch(/\w/);
    expect(annotations.description).toMatch(/\w/);
  }
  expect(JSON.stringify(alerts)).not.toContain('[no value]');

  await page.goto('/alerting/list');
  await expect(page.getByText(`${titles.length} rules`)).toBeVisible();
  await expect(page.getByText(`${EXPECTED_TO_FIRE.length} firing`, { exact: true })).toBeVisible();
});

async function readRules(request: APIRequestContext): Promise<Rule[]> {
  const answer = await (await request.get('/api/prometheus/grafana/api/v1/rules')).json();
  return answer.data.groups.flatMap((group: { rules: Rule[] }) => group.rules);
}

test('a new rule asks the catalog and is evaluated', async ({ page, alertRuleEditPage }) => {
  const row = await alertRuleEditPage.getQueryRow();
  const instant = row.locator.getByLabel('Instant');
  await expect(instant).toBeChecked();
  await select(row.locator.getByLabel('Metric', { exact: true }), 'Service status');
  await expect(row.locator.getByText('tessallite_service_up')).toBeVisible();

  await expect(alertRuleEditPage.evaluate()).toBeOK();
  await expect(page.getByText('query-router').first()).toBeVisible();
});
