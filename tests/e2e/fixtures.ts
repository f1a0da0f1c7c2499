import { test as base, expect } from '@grafana/plugin-e2e';
import type { APIRequestContext, Page } from '@playwright/test';

import type { Account } from './accounts';
import { createDashboard, createDataSource, createUser, Dashboard, DataSource, deleteUser, logIn } from './create';
import { Grafana, grafanaOf } from './grafana';

/** Errors of Grafana that occur with any plugin, with their reasons. */
const ALLOWED: Array<{ error: RegExp; because: string }> = [
  { error: /grafana\.com\/blog\/news\.xml/, because: 'the home page loads news, which the demo can’t reach' },
  {
    error: /\/api\/gnet\/plugins/,
    because: 'the settings page loads a plugin catalog that the demo can’t reach',
  },
  { error: /Failed to fetch plugins from catalog/, because: 'the page logs the previous error again' },
  {
    error: /openfpcdn\.io\/fingerprintjs/,
    because: 'the library that distinguishes anonymous visitors sometimes reports its usage',
  },
  { error: /400 .*\/health$/, because: 'Grafana responds with this status to the test of an unhealthy data source' },
  { error: /401 .*\/api\/user\b/, because: 'alerting loads the user, and the demo’s visitor is anonymous' },
  { error: /404 .*\/api\/plugins\/grafana-oncall-app\//, because: 'alerting checks for an app that is not installed' },
];

interface Fixtures {
  /** Actions on Grafana's pages in the tested version. */
  grafana: Grafana;
  /** The error that a test expects. */
  expectedError: RegExp | undefined;
  /** Creates a data source, returns its uid, and deletes it after the test. */
  newDataSource: (dataSource: DataSource) => Promise<string>;
  /** Creates a dashboard, returns its uid, and deletes it after the test. */
  newDashboard: (dashboard: Dashboard) => Promise<string>;
  /** Creates a user, by default with the role Viewer, logs in, and deletes the user after the test. */
  logInAs: (account: Account, role?: 'Editor') => Promise<void>;
}

/** Grafana in a browser. A test fails on an error of the page, unless ALLOWED or `expectedError` matches the error. */
export const test = base.extend<Fixtures>({
  grafana: async ({ page, grafanaVersion }, use) => use(grafanaOf(page, grafanaVersion)),
  expectedError: [undefined, { option: true }],
  page: async ({ page, expectedError }, use) => {
    const errors = collectErrors(page, expectedError);
    await use(page);
    expect(errors, 'errors of the page and in its console').toEqual([]);
  },
  newDataSource: async ({ request }, use) => useCreated(request, createDataSource, '/api/datasources/uid', use),
  newDashboard: async ({ request }, use) => useCreated(request, createDashboard, '/api/dashboards/uid', use),
  logInAs: async ({ page, request }, use) => {
    const created: string[] = [];
    await use(async (account, role) => {
      created.push(await createUser(request, account, role));
      await logIn(page.request, account);
    });
    for (const id of created) {
      await deleteUser(request, id);
    }
  },
});

export { expect };

function collectErrors(page: Page, expectedError: RegExp | undefined): string[] {
  const errors: string[] = [];
  const collect = (error: string) => {
    if (!ALLOWED.some((allowed) => allowed.error.test(error)) && !expectedError?.test(error)) {
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

async function useCreated<Thing>(
  request: APIRequestContext,
  create: (request: APIRequestContext, thing: Thing) => Promise<string>,
  path: string,
  use: (create: (thing: Thing) => Promise<string>) => Promise<void>
) {
  const created: string[] = [];
  await use(async (thing) => {
    const uid = await create(request, thing);
    created.push(uid);
    return uid;
  });
  for (const uid of created) {
    await request.delete(`${path}/${uid}`);
  }
}
