import type { APIRequestContext } from '@playwright/test';

import { ADMIN } from './accounts';
import { expect, test } from './fixtures';

/** The data source of the demo as a server with the Prometheus API. */
const ROUTES = '/api/datasources/uid/modelmetrics/resources';

const EXPRESSIONS = [
  'sum by (job) (up)',
  'histogram_quantile(0.95, sum by (le, service) (rate(tessallite_http_request_duration_seconds_bucket[5m])))',
  'rate(tango_is_not_exported[5m])',
  'sum(',
];

test("Grafana's Prometheus data source works with the API of the resource routes", async ({
  page,
  request,
  baseURL,
  newDataSource,
  explorePage,
}) => {
  const direct = await newDataSource({ name: 'Prometheus, direct', type: 'prometheus' });
  const name = 'Prometheus over Model Metrics';
  const over = await newDataSource({ name, type: 'prometheus', url: baseURL + ROUTES, account: ADMIN });

  await test.step('its health check', async () => {
    const response = await request.get(`/api/datasources/uid/${over}/health`);
    expect(await response.json()).toMatchObject({ status: 'OK' });
  });

  for (const expr of EXPRESSIONS) {
    await test.step(expr, async () => {
      const [want, got] = [await query(request, direct, expr), await query(request, over, expr)];
      expect(got).toEqual(want);
    });
  }

  for (const path of [
    'label/job/values',
    'labels?match[]=up',
    'series?match[]=up',
    'metadata?metric=inference_requests_total',
    'rules',
  ]) {
    await test.step(path, async () => {
      const route = (uid: string) => `/api/datasources/uid/${uid}/resources/api/v1/${path}`;
      const [want, got] = [await request.get(route(direct)), await request.get(route(over))];
      expect(got.status()).toBe(want.status());
      expect(withoutTimes(await got.text())).toEqual(withoutTimes(await want.text()));
    });
  }

  await test.step('Explore', async () => {
    const pane = { datasource: over, queries: [{ refId: 'A', expr: EXPRESSIONS[0], range: true }] };
    await page.goto(`/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify({ one: pane }))}`);
    await expect(explorePage.timeSeriesPanel.locator.getByText('tango').first()).toBeVisible();
  });
});

/** Runs a range query of the last hour but one, and returns the response. */
async function query(request: APIRequestContext, uid: string, expr: string) {
  const to = Math.floor(Date.now() / HOUR) * HOUR;
  const queries = [{ refId: 'A', datasource: { uid }, expr, range: true, intervalMs: 60_000, maxDataPoints: 100 }];
  const response = await request.post('/api/ds/query', {
    data: { queries, from: String(to - HOUR), to: String(to) },
  });
  return { status: response.status(), results: (await response.json()).results };
}

const HOUR = 3_600_000;

/** Parses a response, without the times and durations of rule evaluations, which differ between two requests. */
const withoutTimes = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => (TIMES.includes(key) ? 0 : value));

const TIMES = ['evaluationTime', 'lastEvaluation', 'activeAt', 'value'];
