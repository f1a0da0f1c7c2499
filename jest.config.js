// The expected dates are in UTC.
process.env.TZ = 'UTC';

const base = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

// Packages that are published only as ES modules. @ver0/deep-equal is a dependency of Grafana 13.
const esModules = ['@prometheus-io/codemirror-promql', '@react-hookz/web', '@ver0/deep-equal'];

const [swc] = Object.values(base.transform);

module.exports = {
  ...base,
  // The configuration in .config matches only tests in src.
  testMatch: [...base.testMatch, '<rootDir>/dashboards/src/**/*.test.ts'],
  // Rendering Grafana's components is slow on a busy machine.
  testTimeout: 30_000,
  // Some of Grafana's dependencies are .mjs files. The pattern in .config doesn't match these.
  transform: { '^.+\\.m?[jt]sx?$': swc },
  transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, ...esModules])],
};
