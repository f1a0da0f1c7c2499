import type { Locator, Page } from '@playwright/test';

/** Switches a query to PromQL and returns the field of the expression. */
export async function openPromQL(row: Locator): Promise<Locator> {
  await row.getByRole('radio', { name: 'PromQL' }).check();
  return codeField(row);
}

/** Returns a locator for the field of the code editor. The field exists once the editor is loaded. */
export function codeField(row: Locator): Locator {
  return row.getByRole('textbox', { name: 'PromQL' }).and(row.page().locator('[contenteditable=true]'));
}

/** Returns the completion whose label is `name`. */
export function completion(page: Page, name: string): Locator {
  const label = page.locator('.cm-completionLabel').filter({ hasText: new RegExp(`^${escapeRegex(name)}$`) });
  return page.getByRole('option').filter({ has: label });
}

function escapeRegex(text: string): string {
  return text.replace(/[${}]/g, '\\$&');
}
