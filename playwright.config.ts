import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig } from '@playwright/test';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Ports of its own, so that a demo can be open at the same time.
const PORT = Number(process.env.E2E_PORT ?? 3200);
const PROMETHEUS_PORT = Number(process.env.E2E_PROMETHEUS_PORT ?? 9290);
const GRAFANA = `http://localhost:${PORT}`;

const SECOND = 1000;

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
    baseURL: GRAFANA,
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
    { name: 'specs', testMatch: '*.spec.ts' },
    ...(process.env.E2E_SCREENSHOTS ? [{ name: 'screenshots', testMatch: '*.picture.ts' }] : []),
  ],
  webServer: {
    // Slow services and models, and alert rules that fire at once.
    command: `./demo/.bin/demo -root=. -port=${PORT} -prometheus-port=${PROMETHEUS_PORT} -incident=latency -for=0s`,
    // There as soon as everything is provisioned.
    url: `${GRAFANA}/api/dashboards/uid/tessallite-overview`,
    timeout: 300 * SECOND,
    stdout: 'pipe',
    gracefulShutdown: { signal: 'SIGINT', timeout: 30 * SECOND },
  },
});

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
