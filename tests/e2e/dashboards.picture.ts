import { expect, test } from './fixtures';
import { hideMenus } from './grafana';
import { heightOf, panelsOf, provisioned } from './provisioned';

const WIDTH = 1200;
const MARGIN = 16;

// The maximum height of a picture without its margin, in pixels, and the maximum size of its file, in bytes.
const MAX_HEIGHT = 2000;
const MAX_BYTES = 400 * 1024;

// The pictures in the documentation show each dashboard down to the last row of panels that fits into MAX_HEIGHT.
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
    const bottom = await page.locator('.react-grid-item').evaluateAll((items, maxHeight) => {
      const boxes = items.map((item) => item.getBoundingClientRect());
      const bottoms = boxes.map((box) => box.bottom);
      const cutsNoPanel = (y: number) => boxes.every((box) => box.top >= y || box.bottom <= y);
      return Math.max(...bottoms.filter((y) => y <= maxHeight && cutsNoPanel(y)));
    }, MAX_HEIGHT);
    const picture = await page.screenshot({
      path: `docs/img/${described.uid}.png`,
      clip: { x: 0, y: 0, width: WIDTH, height: Math.ceil(bottom) + MARGIN },
      animations: 'disabled',
    });
    expect(picture.byteLength).toBeLessThan(MAX_BYTES);
  });
}
