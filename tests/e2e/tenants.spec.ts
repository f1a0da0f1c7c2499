import { APIRequestContext } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Account, ADMIN, AURORA, BOREALIS } from './accounts';
import { logIn } from './create';
import { expect, test } from './fixtures';
import { FORGED } from './forged';

/** The data source with access rules that the demo adds. */
const GOVERNED = 'modelmetrics-tenants';
const RESOURCES = `/api/datasources/uid/${GOVERNED}/resources`;

const TENANTS = ['aurora-retail', 'borealis-bank', 'cirrus-logistics', 'delta-health'];

/** Texts that try to read another tenant's series. They are the inputs of tests/access with the names of the demo. */
const INPUTS = (
  JSON.parse(readFileSync(join(__dirname, '../access/testdata/inputs.json'), 'utf8')) as Array<{ inputs: string[] }>
).flatMap(({ inputs }) =>
  inputs.map((input) =>
    input
      .replace(/\bboth\b/g, 'inference_requests_total')
      .replace(/globex/g, TENANTS[1])
      .replace(/acme/g, TENANTS[0])
  )
);

/** Functions and operators with which an input itself can add a tenant's name to the result. */
const WRITES_LABELS = /label_replace|label_join|label_set|count_values/;

/** A range of 15 minutes that ended half an hour ago, so that its values don't change between two requests. */
const RANGE = { from: String(Date.now() - 45 * 60_000), to: String(Date.now() - 30 * 60_000) };

test.describe.configure({ timeout: 5 * 60_000 });

for (const { account, tenant } of [
  { account: AURORA, tenant: TENANTS[0] },
  { account: BOREALIS, tenant: TENANTS[1] },
]) {
  test(`the user ${account.login} reads only the tenant ${tenant}`, async ({ playwright, baseURL }) => {
    const request = await contextOf(playwright.request, baseURL, account);
    expect(await tenantsOf(request)).toEqual([tenant]);

    const foreign = TENANTS.filter((name) => name !== tenant);
    const leaks: string[] = [];
    for (const input of INPUTS) {
      for (const { path, body } of await sendOnEveryPath(request, input)) {
        const names = foreign.filter((name) => !input.includes(name) && body.includes(name));
        const labels = WRITES_LABELS.test(input)
          ? []
          : stringsOf(body).filter((string) => foreign.includes(string) && string !== input);
        if (names.length > 0 || labels.length > 0) {
          leaks.push(`${path}, ${JSON.stringify(input)}: ${[...names, ...labels].join(', ')}`);
        }
      }
    }
    expect(leaks).toEqual([]);

    // An administrator who adds the matcher for the tenant reads the same values.
    const admin = await contextOf(playwright.request, baseURL, ADMIN);
    for (const name of ['inference_requests_total', 'inference_latency_seconds_count']) {
      const own = await query(request, [`sum(${name})`, `count({__name__=~".+"})`]);
      const written = await query(admin, [
        `sum(${name}{tenant="${tenant}"})`,
        `count({__name__=~".+",tenant="${tenant}"})`,
      ]);
      expect(valuesOf(own)).toEqual(valuesOf(written));
      expect(valuesOf(own)).not.toEqual(valuesOf(await query(admin, [`sum(${name})`, `count({__name__=~".+"})`])));
    }
    await request.dispose();
    await admin.dispose();
  });
}

test('an administrator reads all tenants, and finds the decisions in the audit log', async ({
  playwright,
  baseURL,
}) => {
  const request = await contextOf(playwright.request, baseURL, ADMIN);
  expect(await tenantsOf(request)).toEqual(TENANTS);

  const reader = await contextOf(playwright.request, baseURL, AURORA);
  await query(reader, ['inference_requests_total']);
  const { events } = await (
    await request.get(`${RESOURCES}/audit?actor=${AURORA.login}&verdict=observe&limit=1`)
  ).json();
  expect(events).toMatchObject([
    { actor: AURORA.login, role: 'Viewer', reason: 'promql_not_allowed', matchers: `tenant="${TENANTS[0]}"` },
  ]);
  expect((await reader.get(`${RESOURCES}/audit`)).status()).toBe(403);
  await request.dispose();
  await reader.dispose();
});

/** Logs in, and returns a context whose requests have forged headers. */
async function contextOf(
  playwright: { newContext: (options: object) => Promise<APIRequestContext> },
  baseURL: string | undefined,
  account: Account
): Promise<APIRequestContext> {
  const plain = await playwright.newContext({ baseURL });
  await logIn(plain, account);
  const storageState = await plain.storageState();
  await plain.dispose();
  return playwright.newContext({ baseURL, storageState, extraHTTPHeaders: FORGED });
}

async function tenantsOf(request: APIRequestContext): Promise<string[]> {
  const response = await request.get(`${RESOURCES}/api/v1/label/tenant/values`);
  expect(response, await response.text()).toBeOK();
  return (await response.json()).data;
}

/** Sends an input on several routes and in queries, and returns the responses. */
async function sendOnEveryPath(request: APIRequestContext, input: string) {
  const text = encodeURIComponent(input);
  const gets = [
    `api/v1/labels?match[]=${text}`,
    `api/v1/label/${text}/values`,
    `api/v1/label/tenant/values?match[]=${text}`,
    `api/v1/series?match[]=${text}`,
    `api/v1/metadata?metric=${text}`,
    `api/metrics/inference_request_rate?tenant=${text}`,
    `api/metrics/${text}`,
    `catalog/inference_request_rate/values/tenant?search=${text}`,
    `catalog/inference_request_rate/explain?tenant=${text}`,
  ];
  const responses = gets.map(async (path) => ({
    path,
    body: await (await request.get(`${RESOURCES}/${path}`)).text(),
  }));
  return Promise.all([...responses, query(request, [input, input]).then((body) => ({ path: 'query', body }))]);
}

/** Runs PromQL over RANGE, and returns the body of the response. */
async function query(request: APIRequestContext, expressions: string[]): Promise<string> {
  const queries = expressions.map((expr, index) => ({
    refId: String(index),
    datasource: { uid: GOVERNED },
    expr,
    intervalMs: 60_000,
    ...(index === 0 ? { range: true, exemplar: true } : { instant: true, format: 'table' }),
  }));
  return (await request.post('/api/ds/query', { data: { ...RANGE, queries } })).text();
}

interface Response {
  results?: Record<string, { frames?: Array<{ data: { values: unknown[][] } }> }>;
}

function valuesOf(body: string): unknown {
  const { results }: Response = JSON.parse(body);
  const values = Object.values(results ?? {}).map(({ frames = [] }) => frames.map(({ data }) => data.values));
  expect(values.flat()).not.toEqual([]);
  return values;
}

/** Returns all strings of a JSON text except keys, or none if the text isn't JSON. */
function stringsOf(text: string): string[] {
  const strings: string[] = [];
  try {
    JSON.parse(text, (_, value) => {
      if (typeof value === 'string') {
        strings.push(value);
      }
      return value;
    });
  } catch {
    // Some errors of Grafana are not JSON.
  }
  return strings;
}
