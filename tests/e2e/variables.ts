import { expect } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';

/** What a dashboard variable offers beside All. */
export async function optionsOf(page: Page, variable: string): Promise<string[]> {
  const options = await open(page, variable);
  const texts = await options.allInnerTexts();
  await close(page, variable);
  return texts.filter((text) => text !== 'All');
}

/** Chooses one value of a dashboard variable that stands at All. */
export async function choose(page: Page, variable: string, value: string) {
  const options = await open(page, variable);
  await options.filter({ hasText: value }).click();
  await close(page, variable);
}

async function open(page: Page, variable: string) {
  await page.locator(`#var-${variable}`).click();
  const options = menu(page, variable).getByTestId('data-testid variable-option');
  await expect(options.filter({ hasText: /^All$/ })).toBeVisible();
  return options;
}

async function close(page: Page, variable: string) {
  // The field in the button's place, which has no id in Grafana 10.4.
  await page.locator(`input[aria-controls="options-${variable}"]`).press('Escape');
  await expect(menu(page, variable)).toBeHidden();
}

const menu = (page: Page, variable: string) => page.locator(`#options-${variable}`);

/** Adds the first ad-hoc filter. */
export async function addFilter(page: Page, label: string, value: string) {
  await page.getByLabel('Add Filter').click();
  await page
    .getByLabel('Select option')
    .filter({ hasText: new RegExp(`^${label}$`) })
    .click();
  await page.getByRole('button', { name: 'Select value' }).click();
  await page
    .getByLabel('Select option')
    .filter({ hasText: new RegExp(`^${value}$`) })
    .click();
}
