import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { INCIDENTS } from './incidents';
import { heightOf, provisioned } from './provisioned';
import { EVALUATED, readRules } from './rules';

/** Grafana's green of the dark theme. */
const GREEN = 'rgb(115, 191, 105)';
/** Grafana's red of the dark theme, of values and of alerts. */
const REDS = ['rgb(242, 73, 92)', 'rgb(209, 14, 92)', 'rgb(255, 82, 134)'];

const FIRST_SCREEN = { width: 1440, height: 900 };

/** The dashboards of the platforms, by the prefix of the platform's alert rules. */
const DASHBOARDS: Record<string, string> = {
  Inference: 'inference-overview',
  Lango: 'lango-observability',
  Tango: 'tango-overview',
  TensorOne: 'tensorone-endpoints',
  Tessallite: 'tessallite-overview',
};

test.describe('without data', () => {
  // The endpoint report has data of the last 30 days only, and rejects earlier time ranges.
  test.use({ expectedError: /400 .*\/api\/ds\/query/ });

  for (const dashboard of provisioned) {
    test(`${dashboard.title} has no green value`, async ({ page, gotoDashboardPage }) => {
      test.slow();
      await page.setViewportSize({ width: FIRST_SCREEN.width, height: heightOf(dashboard) });
      await gotoDashboardPage({
        uid: dashboard.uid,
        queryParams: new URLSearchParams({ theme: 'dark', from: '1577836800000', to: '1577840400000' }),
      });
      await expect(page.getByText(/^No data/).first()).toBeVisible();
      await page.waitForLoadState('networkidle');
      expect(await textsInColors(page, [GREEN])).toEqual([]);
    });
  }
});

for (const [prefix, uid] of Object.entries(DASHBOARDS)) {
  test(`the first screen of ${uid} lists the firing alerts, and shows the worst member in red`, async ({
    page,
    request,
    gotoDashboardPage,
  }) => {
    test.setTimeout(EVALUATED.timeout + 60_000);
    const expected = Object.values(INCIDENTS)
      .flat()
      .filter((name) => name.startsWith(prefix));
    await expect(async () => {
      const firing = (await readRules(request)).filter(({ state }) => state === 'firing').map(({ name }) => name);
      expect(firing).toEqual(expect.arrayContaining(expected));
    }).toPass(EVALUATED);

    await page.setViewportSize(FIRST_SCREEN);
    const dashboard = await gotoDashboardPage({ uid, queryParams: new URLSearchParams({ theme: 'dark' }) });
    const list = dashboard.getPanelByTitle('Firing alerts').locator;
    for (const name of expected) {
      await expect(list.getByText(name, { exact: true }).first()).toBeVisible();
    }
    await expect.poll(() => textsInColors(page, REDS)).not.toEqual([]);
  });
}

/** Returns the texts of the elements whose text or background has one of the colors. */
const textsInColors = (page: Page, colors: string[]): Promise<string[]> =>
  page.locator('section, [data-testid*="Panel header"]').evaluateAll(
    (panels, wanted) =>
      panels
        .flatMap((panel) => [...panel.querySelectorAll<HTMLElement>('div, span')])
        .filter((element) => {
          const { color, backgroundColor } = getComputedStyle(element);
          return element.children.length === 0 && (wanted.includes(color) || wanted.includes(backgroundColor));
        })
        .map((element) => element.textContent ?? ''),
    colors
  );
