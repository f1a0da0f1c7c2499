// Dates in expectations are UTC, wherever the tests run.
process.env.TZ = 'UTC';

const base = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

// Packages of which only ES modules are published; the last is one of Grafana 13's.
const esModules = ['@prometheus-io/codemirror-promql', '@react-hookz/web', '@ver0/deep-equal'];

const [swc] = Object.values(base.transform);

module.exports = {
  ...base,
  // The scaffolding looks in src alone.
  testMatch: [...base.testMatch, '<rootDir>/dashboards/src/**/*.test.ts'],
  // Rendering real Grafana parts on a busy machine takes its time.
  testTimeout: 30_000,
  // Some of Grafana's dependencies are .mjs files, which the scaffolding's pattern leaves untransformed.
  transform: { '^.+\\.m?[jt]sx?$': swc },
  transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, ...esModules])],
};
