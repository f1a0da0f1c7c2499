import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';

const URL_THAT_REFUSES = 'http://127.0.0.1:9';

test('"Save & test" says which server answered', async ({ page, selectors }) => {
  await saveAndTest(page, 'modelmetrics', selectors.pages.DataSource.saveAndTest);
  await expect(
    page.getByText(/^Prometheus 3\.\d+\.\d+ answers\. The catalog has \d+ metrics in \d+ packs\.$/)
  ).toBeVisible();
});

test('"Save & test" says what to check when nothing answers', async ({ page, request, selectors }) => {
  const created = await request.post('/api/datasources', {
    data: { name: 'Refused', type: 'modelmetrics-catalog-datasource', access: 'proxy', url: URL_THAT_REFUSES },
  });
  const { uid } = (await created.json()).datasource;
  try {
    await saveAndTest(page, uid, selectors.pages.DataSource.saveAndTest);
    await expect(
      page.getByText(
        'Could not connect to Prometheus at 127.0.0.1:9: connection refused. ' +
          "Check that it runs and that the data source's URL is right."
      )
    ).toBeVisible();
  } finally {
    await request.delete(`/api/datasources/uid/${uid}`);
  }
});

async function saveAndTest(page: Page, uid: string, button: string) {
  await page.goto(`/connections/datasources/edit/${uid}`);
  await expect(page.getByLabel('Data source connection URL')).toHaveValue(/^http:/);
  await page.getByTestId(button).click();
}
