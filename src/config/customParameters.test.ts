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
])('%j is valid', (text) => {
  expect(customParametersProblem(text)).toBeUndefined();
});

it.each([
  ['a=100%', 'Write % as %25 and ; as %3B.'],
  ['a=1;b=2', 'Write % as %25 and ; as %3B.'],
  ['=1', 'Write a name before each =.'],
  ['a=1&query=up', 'The data source sets query itself. Remove it.'],
  ['match%5B%5D=up', 'The data source sets match[] itself. Remove it.'],
])('%j is invalid: %s', (text, problem) => {
  expect(customParametersProblem(text)).toBe(problem);
});
