import { QUERY_EDITOR, seriousViolations } from './axe';
import { expect, test } from './fixtures';
import { openPromQL } from './promql';

// The form on a data source's settings page. The plugin renders most fields of the form.
const SETTINGS = { within: 'form' };

test('the editor of PromQL is accessible', async ({ page, explorePage }) => {
  await explorePage.datasource.set('Model Metrics');
  const field = await openPromQL(explorePage.getQueryEditorRow('A'));
  await field.fill('rate(up{job="tango"}[$__rate_interval])');
  expect(await seriousViolations(page, QUERY_EDITOR)).toEqual([]);
});

test('the settings are accessible', async ({ page }) => {
  await page.goto('/connections/datasources/edit/modelmetrics');
  await expect(page.getByLabel('Data source connection URL')).toHaveValue(/^http:/);
  const closed = page.getByRole('button', { name: /^Expand section/ });
  while ((await closed.count()) > 0) {
    await closed.first().click();
  }
  expect(await seriousViolations(page, SETTINGS)).toEqual([]);
});

test('the editor of annotations is accessible', async ({ page }) => {
  await page.goto('/d/tensorone-endpoints?editview=annotations&editIndex=1');
  await expect(page.getByText('Scaling events of a step').first()).toBeVisible();
  expect(await seriousViolations(page, { within: 'form, main' })).toEqual([]);
});
