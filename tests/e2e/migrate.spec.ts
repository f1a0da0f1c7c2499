import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { openRows } from './provisioned';

const repository = join(__dirname, '..', '..');

/** A dashboard of Prometheus's monitoring mixin, as kube-prometheus (Apache-2.0) publishes it. */
const DASHBOARD = join(repository, 'tests', 'testdata', 'prometheus-overview.json');

const ROUTES = '/api/datasources/uid';

test.describe('a public dashboard for Prometheus', () => {
  // Grafana's form for the import checks whether a dashboard with this uid exists.
  test.use({ expectedError: /404 .*\/dashboards\// });
  test.setTimeout(180_000);
  let folder: string;
  let prometheus: ChildProcess;
  let url: string;

  test.beforeAll(async () => {
    test.skip(!isInstalled('prometheus'), 'prometheus isn’t installed');
    folder = mkdtempSync(join(tmpdir(), 'migrate-'));
    const address = `127.0.0.1:${await freePort()}`;
    const config = `scrape_configs:
  - job_name: prometheus
    scrape_interval: 1s
    static_configs: [{targets: ["${address}"], labels: {cluster: main}}]
`;
    writeFileSync(join(folder, 'prometheus.yml'), config);
    prometheus = spawn('prometheus', [`--web.listen-address=${address}`, '--config.file=prometheus.yml'], {
      cwd: folder,
    });
    url = `http://${address}`;
    // The expressions need two samples in the time range of the panels, which is a minute. This metric is the last to have them,
    // because Prometheus creates it a few seconds after its start.
    await expect
      .poll(() => hasSeries(url, 'rate(prometheus_target_sync_length_seconds_sum[5m] offset 1m)'), { timeout: 85_000 })
      .toBe(true);
  });

  test.afterAll(() => {
    prometheus?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('is imported after the command of docs/migrate.md, and shows data in all panels', async ({
    page,
    newDataSource,
    request,
  }) => {
    const datasource = await newDataSource({ name: 'Moved', url });
    writeFileSync(join(folder, 'dashboard.json'), readFileSync(DASHBOARD));
    execFileSync('bash', ['-c', command('## Import a public dashboard')], { cwd: folder });
    const uid = await importDashboard(page, readFileSync(join(folder, 'moved.json'), 'utf8'));
    await expectData(page, uid, datasource);
    await request.delete(`/api/dashboards/uid/${uid}`);
  });

  test('works unchanged with a Prometheus data source that queries this plugin', async ({
    page,
    newDataSource,
    request,
    baseURL,
  }) => {
    const datasource = await newDataSource({ name: 'Behind', url });
    // The demo's Grafana needs no login, so the data source needs no token.
    const front = await newDataSource({
      name: 'In front',
      type: 'prometheus',
      url: `${baseURL}${ROUTES}/${datasource}/resources`,
      jsonData: { httpMethod: 'POST', manageAlerts: false },
    });
    const uid = await importDashboard(page, readFileSync(DASHBOARD, 'utf8'));
    await expectData(page, uid, front);
    await request.delete(`/api/dashboards/uid/${uid}`);
  });
});

/** Imports a dashboard with Grafana's form, and returns its uid. */
async function importDashboard(page: Page, text: string): Promise<string> {
  await page.goto('/dashboard/import');
  await page.getByTestId('data-testid-import-dashboard-textarea').fill(text);
  await page.getByTestId('data-testid-load-dashboard').click();
  await page.getByTestId('data-testid-import-dashboard-submit').click();
  await expect(page).toHaveURL(/\/d\//);
  return new URL(page.url()).pathname.split('/')[2];
}

/** Opens the dashboard with a data source, and expects a result without an error in each panel. */
async function expectData(page: Page, uid: string, datasource: string) {
  const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8'));
  await page.setViewportSize({ width: 1200, height: 4000 });
  await page.goto(`/d/${uid}?var-datasource=${datasource}&from=now-1m&to=now`);
  await openRows(page, { uid, title: '', panels });
  for (const { type, title } of panels) {
    if (type !== 'row') {
      const panel = page.getByTestId(`data-testid Panel header ${title}`).last();
      await expect(panel.getByText('No data')).toHaveCount(0);
      await expect(
        panel.locator('canvas').or(panel.getByRole('row')).or(panel.getByRole('gridcell')).first()
      ).toBeVisible();
    }
  }
  await expect(page.getByTestId('data-testid Panel status error')).toHaveCount(0);
}

/** Returns the block of commands below a heading of docs/migrate.md. */
function command(heading: string): string {
  const page = readFileSync(join(repository, 'docs', 'migrate.md'), 'utf8');
  const block = /```sh\n([^]*?)```/.exec(page.slice(page.indexOf(heading)));
  return block![1];
}

async function hasSeries(url: string, expr: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    return (await response.json()).data.result.length > 0;
  } catch {
    return false;
  }
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
