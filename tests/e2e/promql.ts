import type { Locator, Page } from '@playwright/test';

/** Opens the editor for PromQL of a query, and gives the field in which it is written. */
export async function openPromQL(row: Locator): Promise<Locator> {
  await row.getByRole('radio', { name: 'PromQL' }).check();
  return codeField(row);
}

/** The field for PromQL once its code editor is loaded. */
export function codeField(row: Locator): Locator {
  return row.getByRole('textbox', { name: 'PromQL' }).and(row.page().locator('[contenteditable=true]'));
}

/** What the code editor offers under a name. */
export function offered(page: Page, name: string): Locator {
  const named = page.locator('.cm-completionLabel').filter({ hasText: new RegExp(`^${escaped(name)}$`) });
  return page.getByRole('option').filter({ has: named });
}

function escaped(text: string): string {
  return text.replace(/[${}]/g, '\\$&');
}
