import { seriousViolations } from './axe';
import { expect, test } from './fixtures';
import { select } from './select';

const PANEL = { title: 'Up', type: 'timeseries' as const, query: { expr: 'up{job="tango"}' } };

test('variables of the Prometheus data source work unchanged', async ({ page, grafana, newDashboard }) => {
  const refId = 'PrometheusVariableQueryEditor-VariableQuery';
  const uid = await newDashboard({
    title: 'Imported variables',
    variables: [
      {
        name: 'tenant',
        type: 'query',
        query: 'label_values(tessallite_model_queries_total, tenant)',
        multi: true,
        includeAll: true,
      },
      {
        name: 'model',
        type: 'query',
        query: {
          refId,
          qryType: 1,
          query: 'label_values(tessallite_model_queries_total{tenant=~"$tenant", model_name!=""}, model_name)',
        },
        includeAll: true,
      },
      { name: 'label', type: 'query', query: { refId, qryType: 0, query: 'label_names()' }, includeAll: true },
      { name: 'metric', type: 'query', query: 'metrics(^tessallite_model_quer)', includeAll: true },
      { name: 'job', type: 'query', query: 'query_result(up{job="tango"})', regex: '/job="([^"]+)/', includeAll: true },
      { name: 'series', type: 'query', query: 'up{job="tango"}', regex: '/job="([^"]+)/', includeAll: true },
    ],
    panels: [PANEL],
  });
  await page.goto(`/d/${uid}`);
  const [tenant, ...others] = await grafana.optionsOf('tenant');
  expect(others).not.toHaveLength(0);
  expect(await grafana.optionsOf('label')).toEqual(expect.arrayContaining(['job', 'tenant']));
  expect(await grafana.optionsOf('metric')).toContain('tessallite_model_queries_total');
  expect(await grafana.optionsOf('job')).toEqual(['tango']);
  expect(await grafana.optionsOf('series')).toEqual(['tango']);

  const models = await grafana.optionsOf('model');
  await grafana.select('tenant', tenant);
  await expect(async () => expect((await grafana.optionsOf('model')).length).toBeLessThan(models.length)).toPass();
  expect(models).toEqual(expect.arrayContaining(await grafana.optionsOf('model')));
});

test('the editor shows and stores an imported variable', async ({ page, newDashboard, gotoVariableEditPage }) => {
  const uid = await newDashboard({
    title: 'Imported variable',
    variables: [{ name: 'model', type: 'query', query: 'label_values(tessallite_model_queries_total, model_name)' }],
    panels: [PANEL],
  });
  await gotoVariableEditPage({ dashboard: { uid }, id: '0' });
  await expect(page.getByText('Label values', { exact: true })).toBeVisible();
  await expect(page.getByText('tessallite_model_queries_total', { exact: true })).toBeVisible();
  await expect(page.getByText('fraud_signals', { exact: true })).toBeVisible();
  expect(await seriousViolations(page, { within: 'form' })).toEqual([]);

  await select(page.getByLabel(/^Add filter/), 'tenant');
  await select(page.getByLabel('tenant', { exact: true }), 'aurora-retail');
  await page.getByText('Regex', { exact: true }).click();
  await expect(page.getByText('fraud_signals', { exact: true })).toHaveCount(0);
  await expect(page.getByText('sales_orders', { exact: true })).toBeVisible();
});

test('the values of a catalog parameter are selected in the editor', async ({ page, variableEditPage }) => {
  await variableEditPage.datasource.set('Model Metrics');
  await select(page.getByLabel('Query type', { exact: true }), 'Parameter values');
  await select(page.getByLabel('Metric', { exact: true }), 'Query throughput by model');
  await select(page.getByLabel('Parameter', { exact: true }), 'model_name');
  await expect(page.getByText('fraud_signals', { exact: true })).toBeVisible();
});

test('values with special characters, and a custom value for All, are escaped correctly', async ({
  page,
  newDashboard,
}) => {
  const hostile = ['tango', 'x"} or up{a="', 'a(b', 'back\\slash', "it's"];
  const uid = await newDashboard({
    title: 'Hostile values',
    variables: [
      {
        name: 'job',
        type: 'custom',
        query: hostile.join(','),
        multi: true,
        current: { text: hostile, value: hostile },
      },
      {
        name: 'platform',
        type: 'custom',
        query: 'tango,lango',
        includeAll: true,
        allValue: 'tan.*',
        current: { text: 'All', value: '$__all' },
      },
    ],
    panels: [
      { ...PANEL, query: { expr: 'count by (job) (up{job=~"$job"})', legendFormat: 'PromQL {{job}}' } },
      { ...PANEL, query: { expr: "count by (job) (up{job=~'$platform'})", legendFormat: 'All {{job}}' } },
    ],
  });
  await page.goto(`/d/${uid}`);
  await expect(page.getByRole('button', { name: 'PromQL tango' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'All tango' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^(PromQL|All) / })).toHaveCount(2);
});

test.describe('a variable that fails', () => {
  test.use({ expectedError: /400 .*\/api\/ds\/query|refused the query/ });

  test('shows the error', async ({ page, grafana, newDashboard }) => {
    const uid = await newDashboard({
      title: 'Failing variable',
      variables: [{ name: 'broken', type: 'query', query: 'query_result(sum by (job))' }],
      panels: [PANEL],
    });
    await page.goto(`/d/${uid}`);
    await expect(await grafana.errorOf('broken')).toContainText('parse error');
  });
});
