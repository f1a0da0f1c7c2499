import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { cellOf, FIRST_WITH_SCENES, majorOf } from './grafana';
import { heightOf, openRows, panelsOf, provisioned } from './provisioned';

const DASHBOARD = provisioned.find(({ uid }) => uid === 'tensorone-endpoints')!;
const [ID, NAME] = ['ep_1234567890abcdef', 'support-chat'];

test('names of endpoints replace their ids in panels and variables', async ({ page, grafana, gotoDashboardPage }) => {
  test.slow(); // The dashboard has more than thirty panels.
  await page.setViewportSize({ width: 1440, height: heightOf(DASHBOARD) });
  const dashboard = await gotoDashboardPage({ uid: DASHBOARD.uid });
  expect(await grafana.optionsOf('endpoint')).toContain(NAME);
  await openRows(page, DASHBOARD);

  // One table has a column with the ids, in addition to the names.
  const table = dashboard.getPanelByTitle('Endpoints').locator;
  await expect(cellOf(table, NAME)).toBeVisible();
  await expect(cellOf(table, ID)).toBeVisible();
  let named = 0;
  for (const { title } of panelsOf(DASHBOARD).filter((panel) => panel.title !== 'Endpoints')) {
    const panel = dashboard.getPanelByTitle(title).locator;
    await expect(panel, title).toBeVisible();
    await expect(panel, title).not.toContainText(/\bep_/);
    named += await panel.getByText(NAME).count();
  }
  expect(named).toBeGreaterThan(10);
});

test('the link of an endpoint and a selected name filter by the id', async ({ page, grafana, gotoDashboardPage }) => {
  await page.setViewportSize({ width: 1440, height: heightOf(DASHBOARD) });
  const dashboard = await gotoDashboardPage({ uid: DASHBOARD.uid });
  const link = cellOf(dashboard.getPanelByTitle('Endpoints').locator, NAME).getByRole('link');
  await expect(link).toHaveAttribute('href', new RegExp(`var-endpoint=${ID}(&|$)`));

  await grafana.select('endpoint', NAME);
  await expect(page).toHaveURL(new RegExp(`var-endpoint=${ID}(&|$)`));
  await expect(dashboard.getPanelByTitle('Success rate').locator).toContainText('%');
  await expect(dashboard.getPanelByTitle('Success rate').locator).not.toContainText('product-images');
});

for (const width of [1366, 1440]) {
  for (const provisionedDashboard of provisioned) {
    test(`nothing on ${provisionedDashboard.title} is clipped in ${width} pixels beside the menu`, async ({
      page,
      grafanaVersion,
      gotoDashboardPage,
    }) => {
      test.slow();
      await page.addInitScript(() => localStorage.setItem('grafana.navigation.docked', 'true'));
      await page.setViewportSize({ width, height: heightOf(provisionedDashboard) });
      const dashboard = await gotoDashboardPage({ uid: provisionedDashboard.uid });
      await openRows(page, provisionedDashboard);
      for (const { title } of panelsOf(provisionedDashboard)) {
        await expect(dashboard.getPanelByTitle(title).locator, title).toBeVisible();
      }
      await expect(page.getByLabel('Panel loading bar')).toHaveCount(0);
      // Grafana 10 and 11.0 can't wrap the sentences in cells of tables.
      const sentences = majorOf(grafanaVersion) < FIRST_WITH_SCENES ? /^(Insights|Suggestions): / : undefined;
      await expect.poll(async () => (await clippedTexts(page)).filter((text) => !sentences?.test(text))).toEqual([]);
    });
  }
}

/**
 * Returns the texts in panels that are cut off at the left or right edge of an element, each with the title of its panel.
 */
const clippedTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const prefix = 'data-testid Panel header ';
    const textsOf = (element: HTMLElement) => {
      const rects: DOMRect[] = [];
      const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (nodes.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(nodes.currentNode);
        rects.push(...range.getClientRects());
      }
      return rects;
    };
    const isClipped = (element: HTMLElement) => {
      const edge = element.getBoundingClientRect();
      // Elements for screen readers are one pixel wide.
      return (
        ['hidden', 'clip'].includes(getComputedStyle(element).overflowX) &&
        element.clientWidth > 1 &&
        textsOf(element).some(({ left, right, width }) => width > 0 && (right > edge.right + 1 || left < edge.left - 1))
      );
    };
    return [...document.querySelectorAll<HTMLElement>(`[data-testid^="${prefix}"]`)].flatMap((panel) =>
      [...panel.querySelectorAll<HTMLElement>('*')]
        .filter((element) => element.childElementCount < 3 && element.innerText?.trim() && isClipped(element))
        .map((element) => `${panel.dataset.testid?.slice(prefix.length)}: ${element.innerText.slice(0, 80)}`)
    );
  });
