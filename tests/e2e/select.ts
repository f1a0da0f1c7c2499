import type { Locator } from '@playwright/test';

/** Chooses from a field's menu by writing the beginning of what is wanted. */
export async function select(field: Locator, text: string) {
  await field.fill(text);
  const page = field.page();
  const options = page.getByRole('option').or(page.getByLabel('Select option', { exact: true }));
  await options.filter({ hasText: text }).first().click();
}
