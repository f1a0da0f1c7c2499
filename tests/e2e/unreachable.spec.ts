import { expect, test } from './fixtures';

/** Nothing listens on this port. */
const CLOSED = 'http://localhost:1';

test.use({ expectedError: /400 .*\/api\/ds\/query|Could not connect to Prometheus/ });

test('variables that depend on each other show one error if the server is down', async ({
  page,
  newDataSource,
  newDashboard,
}) => {
  const datasource = await newDataSource({ name: 'Unreachable', url: CLOSED });
  const names = ['job', 'instance', 'model', 'version'];
  const uid = await newDashboard({
    title: 'Unreachable',
    datasource,
    variables: names.map((name, at) => ({
      name,
      type: 'query',
      query: at === 0 ? `label_values(up, ${name})` : `label_values(up{x="$${names[at - 1]}"}, ${name})`,
    })),
    panels: [{ title: 'Up', type: 'timeseries', query: { expr: 'up{version="$version"}' } }],
  });
  await page.goto(`/d/${uid}`);
  await expect(page.getByText('No data').first()).toBeVisible();
  await page.waitForLoadState('networkidle');

  // Grafana 11.0 shows a notification. Later versions mark each variable with an icon.
  const notifications = page.getByText(/^Error updating options: Could not connect to Prometheus at localhost:1/);
  const marked = page.getByTestId(/Dashboard template variables submenu Label/).locator('svg');
  expect((await notifications.count()) + Math.min(await marked.count(), 1)).toBeGreaterThan(0);
  expect(await notifications.count()).toBeLessThan(2);
});
