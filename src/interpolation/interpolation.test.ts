import { readFileSync } from 'fs';
import path from 'path';

import { ModelMetricsQuery, Params } from '../shared/types';
import { FakeTemplateSrv, FakeVariable } from '../testing/templateSrv';
import { interpolateExpr } from './interpolateExpr';
import { interpolateNames, interpolateParams, paramsAsWritten } from './interpolateParams';
import { interpolateQuery } from './interpolateQuery';
import { interpolateText } from './interpolateText';

interface Table {
  variables: Record<string, string[]>;
  offers: Record<string, string[]>;
  cases: Array<{ name: string; params: Params; want: Params }>;
  groupings: Array<{ name: string; groupBy: string[]; want: string[] }>;
  expressions: { variables: FakeVariable[]; cases: Array<{ name: string; expr: string; want: string }> };
}

const table: Table = JSON.parse(
  readFileSync(path.join(__dirname, '..', '..', 'tests', 'testdata', 'interpolation.json'), 'utf8')
);

// Grafana stores a single value as text, and several values as a list. `allValue` is the custom value for All.
const variables = (allValue: string | undefined): FakeVariable[] =>
  Object.entries(table.variables).map(([name, value]) => ({
    name,
    value: value.length === 1 && value[0] !== '$__all' ? value[0] : value,
    multi: value.length !== 1,
    includeAll: value[0] === '$__all',
    allValue,
    options: table.offers[name],
  }));

describe.each([
  ['without a custom value for All', undefined],
  ['with .* as the custom value for All', '.*'],
])('parameters %s:', (_, allValue) => {
  const templateSrv = new FakeTemplateSrv(variables(allValue));

  it.each(table.cases.map((row) => [row.name, row] as const))('%s', (_, { params, want }) => {
    expect(interpolateParams(params, templateSrv, {})).toEqual(want);
  });

  it.each(table.groupings.map((row) => [row.name, row] as const))('grouping: %s', (_, { groupBy, want }) => {
    expect(interpolateNames(groupBy, templateSrv, {})).toEqual(want);
  });

  it('a repeated panel has one value, independent of the dashboard’s value', () => {
    const scopedVars = { everything: { text: 'acme', value: 'acme' }, tenant: { text: 'globex', value: 'globex' } };
    expect(interpolateParams({ a: ['$everything'], b: ['${tenant}'] }, templateSrv, scopedVars)).toEqual({
      a: ['acme'],
      b: ['globex'],
    });
  });
});

describe('a report query', () => {
  const templateSrv = new FakeTemplateSrv([
    { name: 'endpoint', value: ['ep_1', 'ep_2'], multi: true },
    { name: 'all', value: '$__all', includeAll: true, options: ['ep_1', 'ep_3'] },
    { name: 'timeframe', value: '7d' },
  ]);
  const report: ModelMetricsQuery = {
    refId: 'A',
    queryType: 'report',
    endpointIds: ['$endpoint', 'ep_9'],
    section: 'summary.successRate',
    timeframe: '$timeframe',
  };

  it('covers each value of a variable', () => {
    expect(interpolateQuery(report, templateSrv, {})).toMatchObject({
      endpointIds: ['ep_1', 'ep_2', 'ep_9'],
      timeframe: '7d',
    });
  });

  it('covers every endpoint if the variable is set to All', () => {
    const query = interpolateQuery({ ...report, endpointIds: ['$all'] }, templateSrv, {});
    expect(query).toMatchObject({ endpointIds: ['ep_1', 'ep_3'] });
  });

  it('of a repeated panel covers one endpoint', () => {
    const scopedVars = { endpoint: { text: 'ep_2', value: 'ep_2' } };
    expect(interpolateQuery(report, templateSrv, scopedVars)).toMatchObject({ endpointIds: ['ep_2', 'ep_9'] });
  });
});

describe('regular expressions in parameters', () => {
  const templateSrv = new FakeTemplateSrv([
    { name: 'several', value: ['a.b', 'c|d'], multi: true },
    { name: 'pattern', value: 'a.*' },
    { name: 'all', value: '$__all', includeAll: true, options: ['a.b', 'c'] },
    { name: 'europe', value: '$__all', includeAll: true, allValue: 'eu-.*', options: ['eu-1', 'us-1'] },
    { name: 'star', value: ['$__all'], includeAll: true, multi: true, allValue: '.*', options: ['a.b', 'c'] },
    { name: 'either', value: '$__all', includeAll: true, allValue: 'eu|us' },
    { name: 'none', value: [], multi: true },
  ]);

  it.each<[string, Params, Params]>([
    [
      'several values are escaped',
      { a: { op: '=~', values: ['$several'] } },
      { a: { op: '=~', values: ['a\\.b', 'c\\|d'] } },
    ],
    [
      'several values in a text are escaped',
      { a: { op: '!~', values: ['x-$several'] } },
      { a: { op: '!~', values: ['x-(a\\.b|c\\|d)'] } },
    ],
    [
      'a single value is a regular expression',
      { a: { op: '=~', values: ['$pattern'] } },
      { a: { op: '=~', values: ['a.*'] } },
    ],
    ['All adds no filter', { a: { op: '=~', values: ['$all'] } }, { a: { op: '=~', values: [] } }],
    ['a custom value for All', { a: { op: '!~', values: ['$europe'] } }, { a: { op: '!~', values: ['eu-.*'] } }],
    ['a custom value for All among values', { a: ['$europe', 'x.y'] }, { a: { op: '=~', values: ['eu-.*', 'x\\.y'] } }],
    ['All adds no filter in any syntax', { a: ['[[star]]'], b: ['${star}'], c: '$star' }, { a: [], b: [], c: [] }],
    ['All with a format', { a: ['${star:raw}'], b: ['[[europe:raw]]'] }, { a: [], b: { op: '=~', values: ['eu-.*'] } }],
    ['a custom value for All in brackets', { a: ['[[europe]]'] }, { a: { op: '=~', values: ['eu-.*'] } }],
    ['text around All', { a: ['prod-$star'] }, { a: { op: '=~', values: ['prod-.*'] } }],
    [
      'text with special characters around All',
      { a: ['x.y-[[europe]]+'] },
      { a: { op: '=~', values: ['x\\.y-eu-.*\\+'] } },
    ],
    ['text around alternatives', { a: ['${either}-1'] }, { a: { op: '=~', values: ['(eu|us)-1'] } }],
    ['text around All and values', { a: ['$star/$several'] }, { a: { op: '=~', values: ['.*/(a\\.b|c\\|d)'] } }],
    ['text around All, negated', { a: { op: '!=', values: ['prod-$star'] } }, { a: { op: '!~', values: ['prod-.*'] } }],
    ['text around All among values', { a: ['prod-$star', 'x.y'] }, { a: { op: '=~', values: ['prod-.*', 'x\\.y'] } }],
    [
      'text around All in an expression',
      { a: { op: '=~', values: ['x.$either'] } },
      { a: { op: '=~', values: ['x.(eu|us)'] } },
    ],
    ['text around All without a custom value', { a: ['prod-$all'] }, { a: ['prod-a.b', 'prod-c'] }],
    ['text around All and an empty variable', { a: ['$star-$none'] }, { a: [] }],
    [
      'text around All and an empty variable in an expression',
      { a: { op: '=~', values: ['$star-$none', 'x'] } },
      { a: { op: '=~', values: ['x'] } },
    ],
    [
      'text around an empty variable in an expression',
      { a: { op: '!~', values: ['x-[[none]]'] } },
      { a: { op: '!~', values: [] } },
    ],
    [
      'a custom value for All, negated',
      { a: { op: '!=', values: ['$europe'] } },
      { a: { op: '!~', values: ['eu-.*'] } },
    ],
  ])('%s', (_, params, want) => {
    expect(interpolateParams(params, templateSrv, {})).toEqual(want);
  });

  it('replaces All by every option in a list of names', () => {
    expect(interpolateNames(['$europe', 'zone_[[europe]]'], templateSrv, {})).toEqual([
      'eu-1',
      'us-1',
      'zone_eu-1',
      'zone_us-1',
    ]);
  });

  it('a repeated panel has one value instead of All', () => {
    const scopedVars = { star: { text: 'a', value: 'a' } };
    expect(interpolateParams({ a: ['prod-$star', '[[star]]'] }, templateSrv, scopedVars)).toEqual({
      a: ['prod-a', 'a'],
    });
  });
});

describe('PromQL', () => {
  const templateSrv = new FakeTemplateSrv(table.expressions.variables);

  it.each(table.expressions.cases.map((row) => [row.name, row] as const))('%s', (_, { expr, want }) => {
    expect(interpolateExpr(expr, templateSrv, {})).toBe(want);
  });

  it('a repeated panel has one value, independent of the dashboard’s value', () => {
    const scopedVars = { many: { text: 'a.b', value: 'a.b' }, star: { text: 'job', value: 'job' } };
    expect(interpolateExpr('sum by ($star) (x{job=~"$many",env="$many"})', templateSrv, scopedVars)).toBe(
      'sum by (job) (x{job=~"a\\\\.b",env="a.b"})'
    );
  });

  it.each([
    ['unclosed quotes', `x{a="` + `\\"'`.repeat(50_000)],
    ['backslashes', '"' + '\\'.repeat(100_001)],
    ['backquotes', '`'.repeat(100_001)],
    ['brackets', '(['.repeat(50_000)],
  ])('interpolates a variable before a long text of %s', (_, text) => {
    expect(interpolateExpr(`$one ${text}`, templateSrv, {})).toBe(`a.b ${text}`);
  });

  it('interpolates thousands of variables', () => {
    expect(interpolateExpr('sum by ($labels) (x{a="$one"}) + '.repeat(5_000), templateSrv, {})).toBe(
      'sum by (job,instance) (x{a="a.b"}) + '.repeat(5_000)
    );
  });
});

describe('macros', () => {
  const scopedVars = {
    __interval: { text: '15s', value: '15s' },
    __interval_ms: { text: '15000', value: 15000 },
    __rate_interval: { text: '1m', value: '1m' },
    __range_s: { text: '3600', value: 3600 },
  };
  const templateSrv = new FakeTemplateSrv();

  it.each([
    '__interval',
    '__interval_ms',
    '__rate_interval',
    '__rate_interval_ms',
    '__range',
    '__range_s',
    '__range_ms',
  ])('keeps $%s for the backend', (name) => {
    expect(interpolateExpr(`rate(x[$${name}]) + rate(x[\${${name}}])`, templateSrv, scopedVars)).toBe(
      `rate(x[$${name}]) + rate(x[$${name}])`
    );
    expect(interpolateText(`$${name}`, templateSrv, scopedVars)).toBe(`$${name}`);
  });
});

describe('parameters for the preview', () => {
  const templateSrv = new FakeTemplateSrv([
    { name: 'one', value: 'a' },
    { name: 'some', value: ['a', 'b'], multi: true },
    { name: 'all', value: '$__all', includeAll: true },
  ]);

  it.each<[string, Params[string], Params[string]]>([
    ['a value', ['a.b'], ['a.b']],
    ['a variable of one value', ['$one'], ['$one']],
    ['a variable of several values', ['$some'], { op: '=~', values: ['$some'] }],
    ['a variable that can be set to All', '${all}', { op: '=~', values: ['${all}'] }],
    ['a variable of several values, negated', { op: '!=', values: ['$some'] }, { op: '!~', values: ['$some'] }],
    ['a variable and a value', ['$one', 'a.b'], { op: '=~', values: ['$one', 'a\\.b'] }],
    ['a variable in brackets', ['[[some]]'], { op: '=~', values: ['[[some]]'] }],
    ['text around a variable of several values', ['x.y-$some'], { op: '=~', values: ['x\\.y-$some'] }],
    ['text around a variable of one value', ['x.y-${one}'], ['x.y-${one}']],
    ['text around a variable, and a value', ['x-$one', 'a.b'], { op: '=~', values: ['x-$one', 'a\\.b'] }],
    [
      'text around a variable of several values, negated',
      { op: '!=', values: ['$some.$5'] },
      { op: '!~', values: ['$some\\.\\$5'] },
    ],
    ['a regular expression', { op: '=~', values: ['$some', 'a.*'] }, { op: '=~', values: ['$some', 'a.*'] }],
    ['text that looks like a variable', ['$5', 'a.b'], ['$5', 'a.b']],
  ])('%s', (_, param, want) => {
    expect(paramsAsWritten({ model: param }, templateSrv)).toEqual({ model: want });
  });
});
