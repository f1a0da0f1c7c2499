import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig } from '@playwright/test';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ADMIN } from './tests/e2e/accounts';
import { INCIDENTS } from './tests/e2e/incidents';

// Ports of their own, so that a demo can be open at the same time. Each demo takes one and the next.
const PORT = Number(process.env.E2E_PORT ?? 3200);
const PROMETHEUS_PORT = Number(process.env.E2E_PROMETHEUS_PORT ?? 9290);

const SECOND = 1000;
const MINUTE = 60 * SECOND;

// Things go wrong on every platform, alert rules fire at once, and there is a login; or nothing of that.
const TROUBLED = demo(0, `-incident=${Object.keys(INCIDENTS).join(',')} -for=0s -admin-password=${ADMIN.password}`);
const QUIET = demo(1, '');

/** Runs the specs of tests/e2e against the demo, which has to be built. `go tool mage e2e` does both. */
export default defineConfig<PluginOptions>({
  testDir: 'tests/e2e',
  // One Grafana and one plugin stand behind all of them.
  workers: 1,
  forbidOnly: true,
  timeout: 90 * SECOND,
  expect: { timeout: 30 * SECOND },
  reporter: 'list',
  use: {
    baseURL: TROUBLED.url,
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium(),
      args: ['--no-sandbox', '--lang=en-US'],
      // Without a language Chromium calls its locale en-US@posix, at which Grafana stops.
      env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8', LANGUAGE: 'en_US' },
    },
  },
  projects: [
    { name: 'specs', testMatch: '*.spec.ts', testIgnore: 'quiet.spec.ts' },
    { name: 'quiet', testMatch: 'quiet.spec.ts', use: { baseURL: QUIET.url } },
    ...(process.env.E2E_SCREENSHOTS
      ? [{ name: 'screenshots', testMatch: '*.picture.ts', use: { baseURL: QUIET.url } }]
      : []),
  ],
  webServer: [TROUBLED.server, QUIET.server],
});

/** A demo with its own Grafana. */
function demo(nth: number, flags: string) {
  const url = `http://localhost:${PORT + nth}`;
  return {
    url,
    server: {
      command: `./demo/.bin/demo -root=. -port=${PORT + nth} -prometheus-port=${PROMETHEUS_PORT + nth} ${flags}`,
      // There as soon as everything is provisioned.
      url: `${url}/api/dashboards/uid/tessallite-overview`,
      timeout: 5 * MINUTE,
      stdout: 'pipe' as const,
      gracefulShutdown: { signal: 'SIGINT' as const, timeout: 30 * SECOND },
    },
  };
}

/** A Chromium of this machine: the one in CHROMIUM_PATH, or the first on the PATH. */
function chromium(): string {
  if (process.env.CHROMIUM_PATH) {
    return process.env.CHROMIUM_PATH;
  }
  const names = ['chromium', 'google-chrome', 'chromium-browser'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (!found) {
    throw new Error(`The PATH has none of ${names.join(', ')}: install Chromium, or say where it is in CHROMIUM_PATH.`);
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
