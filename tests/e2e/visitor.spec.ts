import { expect, test } from './fixtures';

// The specs of this file have no login, as in the demo by default.

for (const [name, path] of [
  ['the home page', '/'],
  ['a dashboard', '/d/inference-overview'],
  ['Explore', '/explore'],
]) {
  test(`a visitor without a login sees no error on ${name}`, async ({ page }) => {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await expect(page.getByText('Unauthorized')).toHaveCount(0);
  });
}

test('the home page names the incidents, the dashboards to open and the alerts that follow', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText('Incident node-loss, for 25m: TANGO has lost a node')).toBeVisible();
  await expect(page.getByText('TangoDeploymentsDropped fires immediately')).toBeVisible();
  await page.getByRole('link', { name: 'TANGO Overview' }).first().click();
  await expect(page).toHaveURL(/\/d\/tango-overview/);
});

test('exemplars of the demo link to pages of their traces', async ({ page, request }) => {
  const settings = await request.get('/api/datasources/uid/modelmetrics');
  const { jsonData } = await settings.json();
  const [link] = jsonData.exemplarTraceIdDestinations;
  expect(link).toMatchObject({ name: 'trace_id', url: expect.stringMatching(/\/traces\/\$\{__value\.raw\}$/) });
  // The demo's history has no exemplars. They arrive with the first scrapes.
  await expect(async () => {
    const found = await request.get('/api/datasources/uid/modelmetrics/resources/api/v1/query_exemplars', {
      params: { query: 'inference_latency_seconds_bucket', start: Date.now() / 1000 - 3600, end: Date.now() / 1000 },
    });
    const { data } = await found.json();
    const traceId = data[0].exemplars[0].labels.trace_id;
    await page.goto(link.url.replace('${__value.raw}', traceId));
    await expect(page.getByRole('heading', { name: `Trace ${traceId}` })).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByRole('row', { name: /run the request/ })).toBeVisible();
});
