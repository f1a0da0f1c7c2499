import { expect, test } from './fixtures';
import { hideMenus } from './grafana';
import { heightOf, panelsOf, provisioned } from './provisioned';

const WIDTH = 1200;
const MARGIN = 16;

// What a picture in a document has room for, in the page and in the repository.
const TALLEST = 2000;
const LARGEST = 400 * 1024;

// What the README and the documents show: each dashboard as it opens, down to the last line of panels that is whole.
for (const described of provisioned) {
  test(`docs/img/${described.uid}.png`, async ({ page, gotoDashboardPage }) => {
    await hideMenus(page);
    await page.setViewportSize({ width: WIDTH, height: heightOf(described) });
    const dashboard = await gotoDashboardPage({
      uid: described.uid,
      queryParams: new URLSearchParams({ theme: 'dark', from: 'now-3h', to: 'now' }),
    });
    await dashboard.waitForPanelsQueriesToComplete();
    for (const { title } of panelsOf({ ...described, panels: described.panels.filter(({ type }) => type !== 'row') })) {
      await expect(dashboard.getPanelByTitle(title).locator).toBeVisible();
    }
    const bottom = await page.locator('.react-grid-item').evaluateAll((items, tallest) => {
      const places = items.map((item) => item.getBoundingClientRect());
      const ends = places.map((place) => place.bottom);
      const isWhole = (end: number) => places.every((place) => place.top >= end || place.bottom <= end);
      return Math.max(...ends.filter((end) => end <= tallest && isWhole(end)));
    }, TALLEST);
    const picture = await page.screenshot({
      path: `docs/img/${described.uid}.png`,
      clip: { x: 0, y: 0, width: WIDTH, height: Math.ceil(bottom) + MARGIN },
      animations: 'disabled',
    });
    expect(picture.byteLength).toBeLessThan(LARGEST);
  });
}
