import type { Locator } from '@playwright/test';

import { options } from './grafana';

/** Chooses from a field's menu by writing the beginning of what is wanted. */
export async function select(field: Locator, text: string) {
  await field.fill(text);
  await options(field.page()).filter({ hasText: text }).first().click();
}
