import { expect, test } from './fixtures';
import { EVALUATED, provisionedRules, readRules } from './rules';

test('every provisioned rule is normal without incidents', async ({ page, request }) => {
  test.setTimeout(EVALUATED.timeout + 60_000);
  const titles = await provisionedRules(request);
  await expect(async () => {
    const rules = await readRules(request);
    expect(rules.map(({ name }) => name).sort()).toEqual(titles);
    expect(
      rules.filter(({ state, health, lastError }) => state !== 'inactive' || health !== 'ok' || lastError)
    ).toEqual([]);
  }).toPass(EVALUATED);

  const alerts = (await readRules(request)).flatMap((rule) => rule.alerts ?? []);
  expect(alerts.length).toBeGreaterThanOrEqual(titles.length);
  expect(alerts.filter(({ state }) => state !== 'Normal')).toEqual([]);

  await page.goto('/alerting/list');
  await expect(page.getByText(`${titles.length} rules`)).toBeVisible();
  await expect(page.getByText(`${titles.length} normal`, { exact: true })).toBeVisible();
});
