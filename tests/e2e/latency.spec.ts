import type { Page } from '@playwright/test';

import { rowsByPanel } from './responses';
import { expect, test } from './fixtures';
import { countExemplars, Panel } from './create';

const BUCKETS = 'sum by (le) (rate(inference_latency_seconds_bucket[$__rate_interval]))';

const heatmap: Panel = {
  title: 'Latency',
  type: 'heatmap',
  query: { expr: BUCKETS, format: 'heatmap' },
};
const requests: Panel = {
  title: 'Requests by model',
  type: 'timeseries',
  query: { expr: 'sum by (model) (rate(inference_requests_total[$__rate_interval]))', legendFormat: '__auto' },
};
const percentile: Panel = {
  title: '95th percentile',
  type: 'timeseries',
  query: { expr: `histogram_quantile(0.95, ${BUCKETS})`, exemplar: true },
};

test('a heatmap shows the buckets of a histogram', async ({ page, newDashboard, gotoDashboardPage }) => {
  const rows = rowsByPanel(page);
  const dashboard = await gotoDashboardPage({ uid: await newDashboard({ title: 'Buckets', panels: [heatmap] }) });
  const panel = dashboard.getPanelByTitle(heatmap.title);
  await expect.poll(() => rows.get(1) ?? 0).toBeGreaterThan(0);
  await expect(panel.getErrorIcon()).toHaveCount(0);

  // The middle of the heatmap has a cell, whose tooltip appears under the pointer. A refresh removes the tooltip, so
  // the pointer moves there again until the tooltip is found.
  await expect(async () => {
    await page.mouse.move(0, 0);
    await panel.locator.locator('.u-over').hover();
    await expect(page.getByText(/\d+ ms ?- ?\d+ ms$/)).toBeVisible({ timeout: 2000 });
  }).toPass();
});

test('an ad-hoc filter applies to panels and is kept in Explore', async ({
  page,
  selectors,
  grafana,
  newDashboard,
  gotoDashboardPage,
  explorePage,
}) => {
  const { seriesName } = selectors.components.VizLegend;
  const uid = await newDashboard({ title: 'Filtered', filters: 'filters', panels: [requests, heatmap] });
  const dashboard = await gotoDashboardPage({ uid });
  const panel = dashboard.getPanelByTitle(requests.title);
  const drawn = (model: string) => dashboard.getByGrafanaSelector(seriesName(model), { root: panel.locator });
  await expect(drawn('sentiment')).toBeVisible();
  await expect(drawn('fraud-scoring')).toBeVisible();

  const requested = [filtersOf(page, 1), filtersOf(page, 2)];
  await grafana.addFilter('model', 'sentiment');
  const filters = [{ key: 'model', operator: '=', value: 'sentiment' }];
  expect(await Promise.all(requested)).toEqual([filters, filters]);
  await expect(drawn('fraud-scoring')).toHaveCount(0);
  await expect(drawn('sentiment')).toBeVisible();

  await panel.clickOnMenuItem('Explore');
  const graph = explorePage.timeSeriesPanel.locator;
  await expect(graph.getByText('sentiment')).toBeVisible();
  await expect(graph.getByText('fraud-scoring')).toHaveCount(0);
  await page.getByRole('button', { name: 'Remove filter model = sentiment' }).click();
  await expect(graph.getByText('fraud-scoring')).toBeVisible();
});

test('an exemplar shows its labels and links to its trace', async ({
  page,
  request,
  selectors,
  newDataSource,
  newDashboard,
  gotoDashboardPage,
}) => {
  const traces = { name: 'trace_id', url: 'http://traces.example/${__value.raw}', urlDisplayLabel: 'Open trace' };
  const datasource = await newDataSource({ name: 'Traced', jsonData: { exemplarTraceIdDestinations: [traces] } });
  // The demo's history has no exemplars. They arrive with the first scrapes.
  await expect.poll(() => countExemplars(request, datasource, percentile.query)).toBeGreaterThan(0);
  const uid = await newDashboard({ title: 'Exemplars', datasource, panels: [percentile] });
  const dashboard = await gotoDashboardPage({ uid });

  // Markers can overlap. The last one is on top.
  const { exemplarMarker } = selectors.components.DataSource.Prometheus;
  await dashboard.getByGrafanaSelector(exemplarMarker).last().hover();
  await expect(page.getByText('trace_id', { exact: true })).toBeVisible();
  await expect(page.getByText(/^[0-9a-f]{32}/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Open trace' })).toHaveAttribute(
    'href',
    /^http:\/\/traces\.example\/[0-9a-f]{32}$/
  );
  await expect(page.getByText('model', { exact: true })).toBeVisible();
});

/** Waits for a panel's next query with ad-hoc filters, and returns the filters. */
async function filtersOf(page: Page, panel: number): Promise<unknown> {
  const request = await page.waitForRequest(
    (sent) => sent.headers()['x-panel-id'] === String(panel) && Boolean(sent.postData()?.includes('"adhocFilters"'))
  );
  return request.postDataJSON().queries[0].adhocFilters;
}
