import { AdHocFilter } from '../shared/types';
import { FakeTemplateSrv } from '../testing/templateSrv';
import { interpolateFilters } from './interpolateFilters';

const templateSrv = new FakeTemplateSrv([
  { name: 'one', value: 'a.b' },
  { name: 'many', value: ['a.b', 'c'], multi: true },
  { name: 'none', value: [], multi: true },
  { name: 'all', value: '$__all', includeAll: true, options: ['a', 'b'] },
  { name: 'star', value: '$__all', includeAll: true, allValue: '.*', options: ['a', 'b'] },
  { name: 'europe', value: '$__all', includeAll: true, allValue: 'eu-.*' },
]);

const fill = (filter: unknown) => interpolateFilters([filter as AdHocFilter], templateSrv, {});

it.each<[string, Partial<AdHocFilter>, Array<Partial<AdHocFilter>>]>([
  ['All means no filter', { operator: '=', value: '[[star]]' }, []],
  ['All without a custom value means no filter', { operator: '=', value: '${all}' }, []],
  ['a custom value for All', { operator: '=', value: '[[europe]]' }, [{ operator: '=~', value: '(eu-.*)' }]],
  ['text around All', { operator: '=', value: 'prod.$star' }, [{ operator: '=~', value: '(prod\\..*)' }]],
  ['text around All, negated', { operator: '!=', value: 'x-$europe' }, [{ operator: '!~', value: '(x-eu-.*)' }]],
  ['text around All in a pattern', { operator: '=~', value: 'x.$star' }, [{ operator: '=~', value: 'x..*' }]],
  [
    'text around All among several values',
    { operator: '=|', value: 'a', values: ['a.b', 'x-[[star]]'] },
    [{ operator: '=~', value: 'a\\.b|(x-.*)' }],
  ],
  [
    'text around several values',
    { operator: '=', value: 'x-$many' },
    [{ operator: '=|', value: 'x-a.b', values: ['x-a.b', 'x-c'] }],
  ],
  ['text around a variable without values', { operator: '=', value: 'x-$none' }, []],
  ['text around a variable without values in a pattern', { operator: '=~', value: 'x-$none' }, []],
  ['text around a variable without values in a negated pattern', { operator: '!~', value: '$many-$none' }, []],
])('%s', (_, filter, want) => {
  expect(fill({ key: 'zone', ...filter })).toEqual(want.map((one) => ({ key: 'zone', ...one })));
});

// Grafana and other programs store an incomplete filter in several ways.
it.each([
  ['no value yet', { key: 'a', operator: '=', value: null }, []],
  ['no values yet', { key: 'a', operator: '=|', value: null, values: null }, []],
  ['no label yet', { key: null, operator: '=', value: 'x' }, []],
  [
    'only values',
    { key: 'a', operator: '=', value: null, values: ['x', 'y'] },
    [{ key: 'a', operator: '=', value: 'x' }],
  ],
  [
    'only values, with an operator for several values',
    { key: 'a', operator: '=|', value: null, values: ['x', null, 'y'] },
    [{ key: 'a', operator: '=|', value: 'x', values: ['x', 'y'] }],
  ],
  [
    'values that are null',
    { key: 'a', operator: '=', value: 'x', values: null },
    [{ key: 'a', operator: '=', value: 'x' }],
  ],
  ['a number', { key: 'a', operator: '=', value: 5 }, [{ key: 'a', operator: '=', value: '5' }]],
  ['no operator', { key: 'a', value: 'x' }, [{ key: 'a', operator: '=', value: 'x' }]],
])('%s', (_, filter, want) => {
  expect(fill(filter)).toEqual(want);
});

it('keeps an invalid filter, so that the backend reports it', () => {
  const filter = { key: 'a', operator: '=', value: { x: 1 } };
  expect(fill(filter)).toEqual([filter]);
});
