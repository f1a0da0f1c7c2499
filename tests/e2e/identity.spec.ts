import type { APIRequestContext, Page } from '@playwright/test';

import type { Account } from './accounts';
import { expect, test as base } from './fixtures';
import { FIRST_WITH_SCENES, majorOf } from './grafana';
import { createAlertRule, createUser, deleteUser, logIn } from './made';
import { Received, startUpstream, Upstream } from './upstream';

const PERSON: Account = { login: 'ada', password: 'a-long-password' };
// Anybody who may choose a login may choose the one of Grafana's alert engine.
const NAMESAKE: Account = { login: 'grafana_scheduler', password: 'a-long-password' };

/** What a browser pretends to be. Grafana 12 takes part in it where FromAlert is true. */
const FORGED: Record<string, string> = {
  'X-Grafana-User': 'forged',
  'X-Grafana-Org-Id': 'forged',
  'X-Grafana-Role': 'forged',
  'X-Grafana-Id': 'forged',
  'X-Grafana-Device-Id': 'forged',
  'X-Id-Token': 'forged',
  'X-Scope-OrgID': 'forged',
  'X-WEBAUTH-USER': 'forged',
  'X-Forwarded-For': 'forged',
  // Not of a kind that Grafana knows: it would refuse a wrong token.
  Authorization: 'Forged forged',
  FromAlert: 'true',
  'X-Rule-Uid': 'forged',
  'X-Rule-Name': 'forged',
  'X-Rule-Folder': 'forged',
  'X-Rule-Source': 'forged',
  'X-Rule-Type': 'forged',
  'X-Rule-Version': 'forged',
  'X-Cache-Skip': 'forged',
};

/** The ways from a browser to the server. */
const PATHS: Array<{
  name: string;
  method: 'GET' | 'POST';
  url: (uid: string) => string;
  data?: (uid: string) => object;
}> = [
  { name: 'a resource', method: 'GET', url: (uid) => resource(uid, 'api/v1/labels') },
  { name: 'the metrics API', method: 'GET', url: (uid) => resource(uid, 'api/metrics/active_sessions') },
  { name: 'a health check', method: 'GET', url: (uid) => `/api/datasources/uid/${uid}/health` },
  {
    name: 'a query',
    method: 'POST',
    url: () => '/api/ds/query',
    data: (uid) => ({
      from: 'now-5m',
      to: 'now',
      queries: [{ refId: 'A', datasource: { uid }, expr: 'up', range: true, instant: true, intervalMs: 15_000 }],
    }),
  },
];

interface Fixtures {
  upstream: Upstream;
  /** Makes a user of the role Viewer, who is gone after the test, and logs in. */
  logInAs: (account: Account) => Promise<void>;
}

const test = base.extend<Fixtures>({
  upstream: async ({}, use) => {
    const upstream = await startUpstream();
    await use(upstream);
    await upstream.close();
  },
  logInAs: async ({ page, request }, use) => {
    const made: string[] = [];
    await use(async (account) => {
      made.push(await createUser(request, account));
      await logIn(page.request, account);
    });
    for (const id of made) {
      await deleteUser(request, id);
    }
  },
});

for (const account of [undefined, PERSON, NAMESAKE]) {
  test(`nothing forged by ${account?.login ?? 'an anonymous visitor'} reaches the server`, async ({
    page,
    upstream,
    newDataSource,
    logInAs,
  }) => {
    const plain = await newDataSource({ name: 'Upstream', url: upstream.url });
    const tokens = await newDataSource({ name: 'OAuth', url: upstream.url, jsonData: { oauthPassThru: true } });
    // Grafana refuses another organisation's number to whoever is in none but the first.
    const headers = account ? FORGED : { ...FORGED, 'X-Grafana-Org-Id': '2' };
    if (account) {
      await logInAs(account);
    }
    await page.goto('/');
    await page.context().addCookies([{ name: 'forged', value: 'forged', url: page.url() }]);

    for (const uid of [plain, tokens]) {
      for (const { name, received } of await sendOnEveryPath(page, upstream, uid, headers)) {
        expect(lies(received), name).toEqual([]);
      }
    }
  });
}

test('what a browser says of itself may reach the server where it is true', async ({
  page,
  upstream,
  grafanaVersion,
  newDataSource,
  logInAs,
}) => {
  const uid = await newDataSource({ name: 'Upstream', url: upstream.url, jsonData: { keepCookies: ['kept'] } });
  await logInAs(PERSON);
  await page.goto('/');
  await page.context().addCookies(['kept', 'other'].map((name) => ({ name, value: 'value', url: page.url() })));
  const truth = { 'X-Grafana-User': PERSON.login, 'X-Grafana-Org-Id': '1', 'X-Dashboard-Uid': 'board' };

  for (const { name, received } of await sendOnEveryPath(page, upstream, uid, truth)) {
    for (const { headers } of received) {
      expect([undefined, PERSON.login], name).toContain(headers['x-grafana-user']);
      expect(headers, name).toMatchObject({
        cookie: 'kept=value',
        'x-grafana-org-id': '1',
        'x-dashboard-uid': 'board',
      });
      // A token that Grafana signs: nobody else can.
      if (majorOf(grafanaVersion) >= FIRST_WITH_SCENES) {
        expect(headers['x-grafana-id'], name).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      }
    }
  }
});

test('an alert rule is known as one by the server', async ({ request, upstream, newDataSource }) => {
  const datasource = await newDataSource({ name: 'Upstream', url: upstream.url });
  const { folder, uid } = await createAlertRule(request, 'Asks the upstream', datasource, 'up > 2');
  try {
    await expect
      .poll(() => upstream.received.find(({ path }) => path === '/api/v1/query'), { timeout: 60_000 })
      .toBeDefined();
    for (const { headers } of upstream.received) {
      expect(headers).toMatchObject({ fromalert: 'true', 'x-rule-uid': uid, 'x-grafana-org-id': '1' });
    }
  } finally {
    await request.delete(`/api/folders/${folder}?forceDeleteRules=true`);
  }
});

/** What reached the server of requests with headers, on each path once from the page and once from outside it. */
async function sendOnEveryPath(page: Page, upstream: Upstream, uid: string, headers: Record<string, string>) {
  const sent: Array<{ name: string; received: Received[] }> = [];
  for (const { name, method, url, data } of PATHS) {
    for (const [from, send] of [
      ['the page', fetchInPage],
      ['outside', fetchOutside],
    ] as const) {
      const before = upstream.received.length;
      const status = await send(page, method, url(uid), headers, data?.(uid));
      expect(status, `the status of ${name} from ${from}`).toBe(200);
      const received = upstream.received.slice(before);
      expect(received, `what ${name} from ${from} made of it`).not.toEqual([]);
      sent.push({ name: `${name} from ${from}`, received });
    }
  }
  return sent;
}

type Headers = Record<string, string>;

const fetchInPage = (page: Page, method: string, url: string, headers: Headers, data?: object): Promise<number> =>
  page.evaluate(
    async (request) => {
      const body = request.data && JSON.stringify(request.data);
      const json = body ? { 'Content-Type': 'application/json' } : undefined;
      return (await fetch(request.url, { method: request.method, headers: { ...request.headers, ...json }, body }))
        .status;
    },
    { method, url, headers, data }
  );

async function fetchOutside(
  { request }: { request: APIRequestContext },
  method: string,
  url: string,
  headers: Headers,
  data?: object
) {
  return (await request.fetch(url, { method, headers, data })).status();
}

/** The headers that reached the server and say something untrue. */
function lies(received: Received[]) {
  return received.flatMap(({ path, headers }) =>
    Object.entries(headers)
      .filter(
        ([name, value]) =>
          name === 'fromalert' ||
          name === 'cookie' ||
          (name === 'x-grafana-org-id' && value !== '1') ||
          String(value).includes('forged')
      )
      .map(([name, value]) => `${path} ${name}: ${value}`)
  );
}

const resource = (uid: string, path: string) => `/api/datasources/uid/${uid}/resources/${path}`;
