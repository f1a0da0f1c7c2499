import { defineConfig } from 'eslint/config';
import baseConfig from './.config/eslint.config.mjs';

export default defineConfig([
  { ignores: ['.config/', '.release/', 'dist/', 'coverage/', 'demo/', 'playwright-report/', 'test-results/'] },
  ...baseConfig,
  // The configuration in .config matches only src.
  { files: ['src/**/*.{ts,tsx}', 'dashboards/src/**/*.ts', 'tests/e2e/**/*.ts', '*.config.ts'] },
  { rules: { '@typescript-eslint/no-explicit-any': 'error' } },
]);
