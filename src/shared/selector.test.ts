import { readFileSync } from 'fs';
import path from 'path';

import { portableSelector, selectorText } from './selector';

interface Table {
  names: Array<{ name: string; selector: string }>;
}

const { names }: Table = JSON.parse(
  readFileSync(path.join(__dirname, '..', '..', 'tests', 'testdata', 'metricnames.json'), 'utf8')
);

it.each(names.map(({ name, selector }) => [name, selector] as const))('the selector of %s is %s', (metric, want) => {
  expect(selectorText({ metric, matchers: [] })).toBe(want);
});

it.each([
  ['$name', '$name'],
  ['node_${name}_total', 'node_${name}_total'],
  ['${name}5m', '${name}5m'],
  ['http.$name', '{"http.$name"}'],
  ['5$name', '{"5$name"}'],
])('the selector of the metric %s, which contains a variable, is %s', (metric, want) => {
  expect(selectorText({ metric, matchers: [] })).toBe(want);
});

it.each([
  ['up{job="a"}', 'up{job="a"}'],
  ['on{job="a"}', '{__name__="on", job="a"}'],
  ['5xx_total', '{__name__="5xx_total"}'],
])('%s becomes the portable selector %s', (text, want) => {
  expect(portableSelector(text)).toBe(want);
});
