import { test as base, expect } from '@grafana/plugin-e2e';
import type { APIRequestContext, Page } from '@playwright/test';

import { Grafana, grafanaOf } from './grafana';
import { createDashboard, createDataSource, Dashboard, DataSource } from './made';

/** Errors that Grafana itself writes, whichever plugin is open, and why. */
const ALLOWED: Array<{ error: RegExp; because: string }> = [
  { error: /grafana\.com\/blog\/news\.xml/, because: 'the home page shows news, which the demo can’t reach' },
  {
    error: /\/api\/gnet\/plugins/,
    because: 'the settings page looks plugins up in a catalog that the demo can’t reach',
  },
  { error: /Failed to fetch plugins from catalog/, because: 'the same, told a second time' },
  {
    error: /openfpcdn\.io\/fingerprintjs/,
    because: 'the library by which it tells anonymous visitors apart now and then says home that it is in use',
  },
  { error: /400 .*\/health$/, because: 'Grafana answers the test of an unhealthy data source with this status' },
  { error: /401 .*\/api\/user\b/, because: 'alerting asks for the user, and the demo’s visitor is anonymous' },
  { error: /404 .*\/api\/plugins\/grafana-oncall-app\//, because: 'alerting looks for an app that is not installed' },
];

interface Fixtures {
  /** What the specs do on Grafana's own pages, in its version. */
  grafana: Grafana;
  /** The error that a test brings about on purpose. */
  provoked: RegExp | undefined;
  /** Makes a data source that is gone after the test, and gives its uid. */
  newDataSource: (dataSource: DataSource) => Promise<string>;
  /** Makes a dashboard that is gone after the test, and gives its uid. */
  newDashboard: (dashboard: Dashboard) => Promise<string>;
}

/** Grafana in a browser. A test fails where the page throws or writes an error to the console. */
export const test = base.extend<Fixtures>({
  grafana: async ({ page, grafanaVersion }, use) => use(grafanaOf(page, grafanaVersion)),
  provoked: [undefined, { option: true }],
  page: async ({ page, provoked }, use) => {
    const errors = collectErrors(page, provoked);
    await use(page);
    expect(errors, 'errors of the page and on its console').toEqual([]);
  },
  newDataSource: async ({ request }, use) => useMade(request, createDataSource, '/api/datasources/uid', use),
  newDashboard: async ({ request }, use) => useMade(request, createDashboard, '/api/dashboards/uid', use),
});

export { expect };

function collectErrors(page: Page, provoked: RegExp | undefined): string[] {
  const errors: string[] = [];
  const collect = (error: string) => {
    if (!ALLOWED.some((allowed) => allowed.error.test(error)) && !provoked?.test(error)) {
      errors.push(error);
    }
  };
  page.on('pageerror', (error) => collect(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      collect(`${message.text()} ${message.location().url}`);
    }
  });
  return errors;
}

async function useMade<Thing>(
  request: APIRequestContext,
  create: (request: APIRequestContext, thing: Thing) => Promise<string>,
  path: string,
  use: (make: (thing: Thing) => Promise<string>) => Promise<void>
) {
  const made: string[] = [];
  await use(async (thing) => {
    const uid = await create(request, thing);
    made.push(uid);
    return uid;
  });
  for (const uid of made) {
    await request.delete(`${path}/${uid}`);
  }
}
