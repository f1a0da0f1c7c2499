module.exports = {
  ...require('../../jest.config'),
  rootDir: '../..',
  testMatch: ['<rootDir>/src/**/*.test.{ts,tsx}'],
  resolver: '<rootDir>/tests/grafana13/resolver.js',
};
