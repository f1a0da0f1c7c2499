import { test as base, expect } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';

/** Errors that Grafana itself writes, whichever plugin is open, and why. */
const ALLOWED: Array<{ error: RegExp; because: string }> = [
  { error: /grafana\.com\/blog\/news\.xml/, because: 'the home page shows news, which the demo can’t reach' },
  {
    error: /\/api\/gnet\/plugins/,
    because: 'the settings page looks plugins up in a catalog that the demo can’t reach',
  },
  { error: /Failed to fetch plugins from catalog/, because: 'the same, told a second time' },
  { error: /400 .*\/health$/, because: 'Grafana answers the test of an unhealthy data source with this status' },
  { error: /401 .*\/api\/user\b/, because: 'alerting asks for the user, and the demo’s visitor is anonymous' },
  { error: /404 .*\/api\/plugins\/grafana-oncall-app\//, because: 'alerting looks for an app that is not installed' },
];

/** Grafana in a browser. A test fails where the page throws or writes an error to the console. */
export const test = base.extend({
  page: async ({ page }, use) => {
    const errors = collectErrors(page);
    await use(page);
    expect(errors, 'errors of the page and on its console').toEqual([]);
  },
});

export { expect };

function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  const collect = (error: string) => {
    if (!ALLOWED.some((allowed) => allowed.error.test(error))) {
      errors.push(error);
    }
  };
  page.on('pageerror', (error) => collect(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      collect(`${message.text()} ${message.location().url}`);
    }
  });
  return errors;
}
