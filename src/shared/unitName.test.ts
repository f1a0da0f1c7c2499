import { unitName } from './unitName';

it.each([
  ['percentunit', 'Percent (0.0-1.0)'],
  ['s', 'seconds (s)'],
  ['suffix:items', 'items'],
  ['short', 'number'],
  ['none', 'number'],
  ['currencyUSD', 'Dollars ($)'],
])('the unit %s is called %s', (id, name) => {
  expect(unitName(id)).toBe(name);
});
