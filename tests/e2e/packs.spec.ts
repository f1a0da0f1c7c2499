import type { Locator, Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { select } from './select';

// The specs paste texts from the clipboard.
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

const NAME = 'User metrics';

/** Returns a pack with one metric, whose query is in line 10. */
function pack(query: string): string {
  return `pack: browser_spec
title: Browser spec
owner: browser-spec
metrics:
  - name: spec_request_rate
    title: Requests of the spec
    description: Requests taken per second.
    unit: reqps
    type: gauge
    query: ${query}
    required_params: []
    optional_params: [model, tenant]
    group_by: [model]
`;
}

const VALID = pack('sum by (__BY__) (rate(inference_requests_total{__PARAMS__}[$__rate_interval]))');
const INVALID = pack('sum by (__BY__) (rate(spec_unknown_total{__PARAMS__}[$__rate_interval]))');

test('user metrics are checked while they are edited, and can be queried when they are saved', async ({
  page,
  selectors,
  newDataSource,
  explorePage,
}) => {
  const uid = await newDataSource({ name: NAME });
  const saveAndTest = () => page.getByTestId(selectors.pages.DataSource.saveAndTest).click();

  await openPacks(page, uid);
  await saveAndTest();
  const before = await countMetrics(page);

  await paste(packs(page), INVALID);
  const problem = page.getByRole('list', { name: 'Problems' }).getByRole('listitem');
  await expect(problem).toContainText('Line 10 · browser_spec · spec_request_rate · query: ');
  await expect(problem).toContainText('spec_unknown_total');
  await page.getByRole('button', { name: 'Line 10' }).click();
  await expect(packs(page)).toBeFocused();

  await paste(packs(page), VALID);
  await expect(page.getByText('1 metric', { exact: true })).toBeVisible();
  await expect(problem).toHaveCount(0);
  await expect(
    page.getByRole('cell', { name: 'sum by (model) (rate(inference_requests_total{}[$__rate_interval]))' })
  ).toBeVisible();
  await saveAndTest();
  await expect.poll(() => countMetrics(page)).toBe(before + 1);

  await explorePage.goto();
  await explorePage.datasource.set(NAME);
  await select(explorePage.getQueryEditorRow('A').getByLabel('Metric', { exact: true }), 'Requests of the spec');
  await expect(explorePage.timeSeriesPanel.locator.getByText('fraud-scoring')).toBeVisible();
});

test('"Save & test" reports the pack, the metric, the field and the line of a problem', async ({
  page,
  selectors,
  newDataSource,
}) => {
  await openPacks(page, await newDataSource({ name: NAME, jsonData: { packs: INVALID } }));
  await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
  await expect(
    page.getByText(/user packs have a problem: pack browser_spec, line 10, spec_request_rate, query: /)
  ).toBeVisible();
});

test('the example is a valid pack', async ({ page, request, selectors, newDataSource }) => {
  const uid = await newDataSource({ name: NAME });
  await openPacks(page, uid);
  await page.getByRole('button', { name: 'Insert example' }).click();
  await expect(page.getByText('1 metric', { exact: true })).toBeVisible();
  await page.getByTestId(selectors.pages.DataSource.saveAndTest).click();
  await countMetrics(page);

  const response = await request.get(`/api/datasources/uid/${uid}/resources/api/metrics/my_slow_request_ratio`);
  expect(response).toBeOK();
  expect((await response.json()).data.result).not.toHaveLength(0);
});

/** Opens the section for user packs in a data source's settings. The section is closed if there are no user packs. */
async function openPacks(page: Page, uid: string) {
  await page.goto(`/connections/datasources/edit/${uid}`);
  const open = page.getByRole('button', { name: 'Expand section User metrics' });
  await expect(open.or(packs(page)).first()).toBeVisible();
  if (await open.isVisible()) {
    await open.click();
  }
  await expect(packs(page)).toBeVisible();
}

const packs = (page: Page) => page.getByRole('textbox', { name: 'Packs in YAML' });

async function paste(field: Locator, text: string) {
  await field.page().evaluate((content) => navigator.clipboard.writeText(content), text);
  await field.press('ControlOrMeta+a');
  await field.press('ControlOrMeta+v');
}

/** Returns the number of metrics that "Save & test" reports. */
async function countMetrics(page: Page): Promise<number> {
  const message = await page.getByText(/The catalog has \d+ metrics/).innerText();
  return Number(/has (\d+) metrics/.exec(message)?.[1]);
}
