import { defineConfig } from 'eslint/config';
import baseConfig from './.config/eslint.config.mjs';

export default defineConfig([
  { ignores: ['.config/', 'dist/', 'coverage/', 'demo/', 'playwright-report/', 'test-results/'] },
  ...baseConfig,
  { rules: { '@typescript-eslint/no-explicit-any': 'error' } },
]);
