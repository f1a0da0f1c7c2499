import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { annotationSwitch } from './grafana';
import { select } from './select';

test('TensorOne’s dashboard marks when an endpoint was scaled', async ({ page }) => {
  await page.goto('/d/tensorone-endpoints?viewPanel=36');
  // Markers can overlap. The last one is on top.
  await markers(page).last().hover();
  await expect(page.getByText(/^[a-z-]+: scale_(up|down)/).first()).toBeVisible();
  await expect(page.getByText(/Reason: \w+/).first()).toBeVisible();

  await annotationSwitch(page, 'Scaling').press('Space');
  await expect(markers(page)).toHaveCount(0);
});

test('an annotation is edited as a catalog query, then as PromQL', async ({ page, annotationEditPage }) => {
  await annotationEditPage.datasource.set('Model Metrics');
  await select(page.getByLabel('Metric', { exact: true }), 'Scaling events of a step');
  await expect(page.getByText('tensorone_scaling_events_by_step')).toBeVisible();
  const title = page.getByLabel('Title', { exact: true });
  await title.fill('{{endpoint_id}}: {{action}}');
  await title.press('Enter');
  await expect(page.getByText(/^[a-z-]+: scale_(up|down)/)).toBeVisible();

  await page.getByRole('radio', { name: 'PromQL' }).check();
  await page.getByRole('textbox', { name: 'PromQL' }).fill('up{job="tango"}');
  await page.keyboard.press('Shift+Enter');
  await title.fill('{{job}} is up');
  await title.press('Enter');
  await expect(page.getByText('1 events (from 5 fields)')).toBeVisible();
  await expect(page.getByText('tango is up')).toBeVisible();
});

test('an annotation of the Prometheus data source works unchanged', async ({ page, newDashboard }) => {
  const uid = await newDashboard({
    title: 'Imported annotation',
    annotations: [{ name: 'Ups', expr: 'up{job="tango"}', step: '30s', titleFormat: '{{job}} is up', tagKeys: 'job' }],
    panels: [{ title: 'Up', type: 'timeseries', query: { expr: 'up{job="tango"}' } }],
  });
  await page.goto(`/d/${uid}`);
  await markers(page).first().hover();
  await expect(page.getByText('tango is up')).toBeVisible();
});

/** The markers of annotations below the graphs. */
const markers = (page: Page) => page.getByTestId('data-testid annotation-marker');
