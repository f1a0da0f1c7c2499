import { customParametersProblem } from './customParameters';

it.each([
  '',
  ' ',
  'dedup=true',
  '?dedup=true&max_source_resolution=5m',
  'extra_filters[]={tenant="a"}',
  'name',
  'a=%25&&b=',
  'a=query',
])('%s can be sent', (text) => {
  expect(customParametersProblem(text)).toBeUndefined();
});

it.each([
  ['a=100%', 'Write % as %25 and ; as %3B.'],
  ['a=1;b=2', 'Write % as %25 and ; as %3B.'],
  ['=1', 'Write a name in front of every =.'],
  ['a=1&query=up', 'The query itself sets query: leave it out.'],
  ['match%5B%5D=up', 'The query itself sets match[]: leave it out.'],
])('%s can’t be sent: %s', (text, says) => {
  expect(customParametersProblem(text)).toBe(says);
});
