import type { APIRequestContext, Page } from '@playwright/test';

import type { Account } from './accounts';
import { expect, test as base } from './fixtures';
import { FORGED } from './forged';
import { FIRST_WITH_SCENES, majorOf } from './grafana';
import { createAlertRule } from './create';
import { Received, startUpstream, Upstream } from './upstream';

const PERSON: Account = { login: 'ada', password: 'a-long-password' };
// A user with the login of Grafana's alert engine. Users who can choose their login can choose this one.
const NAMESAKE: Account = { login: 'grafana_scheduler', password: 'a-long-password' };

/** The requests of a browser that make the plugin send requests to the server. */
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
}

const test = base.extend<Fixtures>({
  upstream: async ({}, use) => {
    const upstream = await startUpstream();
    await use(upstream);
    await upstream.close();
  },
});

for (const account of [undefined, PERSON, NAMESAKE]) {
  test(`no forged header of ${account?.login ?? 'an anonymous visitor'} reaches the server`, async ({
    page,
    upstream,
    newDataSource,
    logInAs,
  }) => {
    const plain = await newDataSource({ name: 'Upstream', url: upstream.url });
    const tokens = await newDataSource({ name: 'OAuth', url: upstream.url, jsonData: { oauthPassThru: true } });
    // An anonymous visitor sends the id of another organization. A user sends "forged" as the id, because Grafana
    // rejects the id of an organization that the user doesn't belong to.
    const headers = account ? FORGED : { ...FORGED, 'X-Grafana-Org-Id': '2' };
    if (account) {
      await logInAs(account);
    }
    await page.goto('/');
    await page.context().addCookies([{ name: 'forged', value: 'forged', url: page.url() }]);

    for (const uid of [plain, tokens]) {
      for (const { name, received } of await sendOnEveryPath(page, upstream, uid, headers)) {
        expect(forgedHeaders(received), name).toEqual([]);
      }
    }
  });
}

test('the genuine headers of a browser reach the server', async ({
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
  const trueHeaders = { 'X-Grafana-User': PERSON.login, 'X-Grafana-Org-Id': '1', 'X-Dashboard-Uid': 'board' };

  for (const { name, received } of await sendOnEveryPath(page, upstream, uid, trueHeaders)) {
    for (const { headers } of received) {
      expect([undefined, PERSON.login], name).toContain(headers['x-grafana-user']);
      expect(headers, name).toMatchObject({
        cookie: 'kept=value',
        'x-grafana-org-id': '1',
        'x-dashboard-uid': 'board',
      });
      // Grafana 12 sends a signed token in this header.
      if (majorOf(grafanaVersion) >= FIRST_WITH_SCENES) {
        expect(headers['x-grafana-id'], name).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      }
    }
  }
});

test('the server can identify requests of an alert rule', async ({ request, upstream, newDataSource }) => {
  const datasource = await newDataSource({ name: 'Upstream', url: upstream.url });
  const { folder, uid } = await createAlertRule(request, 'Queries the upstream', datasource, 'up > 2');
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

/**
 * Sends each request of PATHS twice with the given headers: from a script in the page, and from outside of the page.
 * Returns, for each sent request, the requests that then reached the server.
 */
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
      expect(received, `requests of ${name} from ${from} to the server`).not.toEqual([]);
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

/** Returns the forged headers that reached the server. */
function forgedHeaders(received: Received[]) {
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
