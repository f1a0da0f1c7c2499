import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig } from '@playwright/test';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ADMIN } from './tests/e2e/accounts';
import { INCIDENTS } from './tests/e2e/incidents';

// The ports differ from those of `go tool mage demo`, so that it can run at the same time. The second demo uses the
// next ports.
const PORT = Number(process.env.E2E_PORT ?? 3200);
const PROMETHEUS_PORT = Number(process.env.E2E_PROMETHEUS_PORT ?? 9290);

const SECOND = 1000;
const MINUTE = 60 * SECOND;

// The first demo has the incidents of INCIDENTS, alert rules that fire immediately, a login, and a second data source
// with access rules. The second demo has none of these.
const WITH_INCIDENTS = demo(
  0,
  `-incident=${Object.keys(INCIDENTS).join(',')} -for=0s -tenants -admin-password=${ADMIN.password}`
);
const QUIET = demo(1, '');

/**
 * Runs the specs of tests/e2e against two demos. The demo must have been built. `go tool mage e2e` builds it and runs
 * the specs.
 */
export default defineConfig<PluginOptions>({
  testDir: 'tests/e2e',
  // All specs share one Grafana and one plugin.
  workers: 1,
  forbidOnly: true,
  timeout: 90 * SECOND,
  expect: { timeout: 30 * SECOND },
  reporter: 'list',
  use: {
    baseURL: WITH_INCIDENTS.url,
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium(),
      args: ['--no-sandbox', '--lang=en-US'],
      // If no language is set, Chromium's locale is en-US@posix, which Grafana doesn't support.
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
  webServer: [WITH_INCIDENTS.server, QUIET.server],
});

/** Returns the URL of a demo and the configuration of its server. Each demo has its own Grafana. */
function demo(index: number, flags: string) {
  const url = `http://localhost:${PORT + index}`;
  return {
    url,
    server: {
      command: `./demo/.bin/demo -root=. -port=${PORT + index} -prometheus-port=${PROMETHEUS_PORT + index} ${flags}`,
      // The dashboard is available when everything is provisioned.
      url: `${url}/api/dashboards/uid/tessallite-overview`,
      timeout: 5 * MINUTE,
      stdout: 'pipe' as const,
      gracefulShutdown: { signal: 'SIGINT' as const, timeout: 30 * SECOND },
    },
  };
}

/** Returns CHROMIUM_PATH or, if it isn't set, the path of the first Chromium on the PATH. */
function chromium(): string {
  if (process.env.CHROMIUM_PATH) {
    return process.env.CHROMIUM_PATH;
  }
  const names = ['chromium', 'google-chrome', 'chromium-browser'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const executable = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (!executable) {
    throw new Error(`The PATH contains none of ${names.join(', ')}. Install Chromium, or set CHROMIUM_PATH.`);
  }
  return executable;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
