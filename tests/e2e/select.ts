import type { Locator } from '@playwright/test';

import { options } from './grafana';

/** Types a text into a field and selects the first option that contains the text. */
export async function select(field: Locator, text: string) {
  await field.fill(text);
  await options(field.page()).filter({ hasText: text }).first().click();
}
