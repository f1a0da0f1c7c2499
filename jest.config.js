// Dates in expectations are UTC, wherever the tests run.
process.env.TZ = 'UTC';

const base = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

// Packages that are published only as ES modules. Grafana 13 depends on the last one.
const esModules = ['@prometheus-io/codemirror-promql', '@react-hookz/web', '@ver0/deep-equal'];

const [swc] = Object.values(base.transform);

module.exports = {
  ...base,
  // The scaffolding matches only src.
  testMatch: [...base.testMatch, '<rootDir>/dashboards/src/**/*.test.ts'],
  // Rendering Grafana's components is slow on a busy machine.
  testTimeout: 30_000,
  // Some of Grafana's dependencies are .mjs files, which the scaffolding's pattern doesn't match.
  transform: { '^.+\\.m?[jt]sx?$': swc },
  transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, ...esModules])],
};
