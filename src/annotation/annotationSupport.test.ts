import { AnnotationQuery } from '@grafana/data';

import { EventsQuery, ModelMetricsQuery } from '../shared/types';
import { fakeDataSource } from '../testing/datasource';

const ANNOTATION = { name: 'Deploys', enable: true, iconColor: 'red', datasource: { uid: 'modelmetrics' } };
const QUERY: EventsQuery = { refId: 'Anno', queryType: 'annotation', metric: 'inference_models' };

/**
 * Calls prepareAnnotation and checks that a second call returns the result unchanged. While the user edits an
 * annotation, Grafana calls prepareAnnotation until the result is unchanged.
 */
function prepared(stored: object) {
  const { annotations } = fakeDataSource().datasource;
  const prepare = (json: object): AnnotationQuery<ModelMetricsQuery> =>
    annotations?.prepareAnnotation?.(json) ?? fail();
  const once = prepare(stored);
  expect(prepare(once)).toBe(once);
  return once;
}

describe('an annotation', () => {
  it('of this data source stays unchanged', () => {
    const stored = { ...ANNOTATION, target: QUERY };
    expect(prepared(stored)).toBe(stored);
  });

  it('that is new opens in the catalog', () => {
    const target = { refId: 'Anno', queryType: 'annotation', metric: '', params: {} };
    expect(prepared(ANNOTATION)).toEqual({ ...ANNOTATION, target });
  });

  it('of another data source is replaced by an empty query', () => {
    const builtIn = { limit: 100, matchAny: false, tags: [], type: 'dashboard' };
    expect(prepared({ ...ANNOTATION, target: builtIn }).target).toEqual(expect.objectContaining({ metric: '' }));
  });

  it.each([
    ['in the older format', { expr: 'ALERTS', step: '30s' }, '30s'],
    ['in the current format', { target: { refId: 'Anno', expr: 'ALERTS', interval: '30s' } }, '30s'],
    ['with the default step', { expr: 'ALERTS' }, '60s'],
  ])('of the Prometheus data source is imported %s', (_, query, interval) => {
    const texts = {
      titleFormat: '{{alertname}}',
      textFormat: '{{instance}}',
      tagKeys: 'severity, job',
      useValueForTime: false,
    };
    expect(prepared({ ...ANNOTATION, ...query, ...texts })).toEqual({
      ...ANNOTATION,
      target: {
        refId: 'Anno',
        queryType: 'annotation',
        expr: 'ALERTS',
        interval,
        title: '{{alertname}}',
        text: '{{instance}}',
        tags: ['{{severity}}', '{{job}}'],
      },
    });
  });

  it('of the Prometheus data source keeps its values as timestamps', () => {
    expect(prepared({ ...ANNOTATION, expr: 'x', useValueForTime: true }).target).toMatchObject({
      useValueForTime: true,
      tags: [],
    });
  });

  it.each<[string, object, Partial<EventsQuery>]>([
    ['a switch that is on', { useValueForTime: 'on' }, { useValueForTime: true }],
    ['a switch that is off', { useValueForTime: '' }, { useValueForTime: undefined }],
    ['a number as its step', { step: 30 }, { interval: '30' }],
    ['a list of labels', { tagKeys: ['a', 'b'] }, { tags: ['{{a}}', '{{b}}'] }],
    ['null', { tagKeys: null, titleFormat: null, textFormat: null, target: null }, { tags: [], title: undefined }],
    ['invalid values', { tagKeys: {}, titleFormat: [], useValueForTime: 'often' }, { tags: [], title: undefined }],
  ])('of the Prometheus data source is imported with %s', (_, fields, want) => {
    expect(prepared({ ...ANNOTATION, expr: 'ALERTS', ...fields }).target).toMatchObject(want);
  });

  it('uses the data source of the annotation, not the one that is stored in its query', () => {
    const { annotations } = fakeDataSource().datasource;
    const target = { ...QUERY, datasource: { uid: 'another' } };
    const query = annotations?.prepareQuery?.({ ...ANNOTATION, target });
    expect(query).toEqual({ ...QUERY, datasource: undefined });
  });
});

describe('the query of an annotation', () => {
  const { datasource } = fakeDataSource([
    { name: 'tenant', value: ['acme', 'globex'], multi: true },
    { name: 'by', value: 'model' },
  ]);

  it('has its variables replaced like those of a catalog query', () => {
    const query: EventsQuery = {
      ...QUERY,
      params: { tenant: ['$tenant'] },
      groupBy: ['$by'],
      title: '{{model}} by $by',
      text: '$by',
      tags: ['$by', '{{model}}'],
    };
    const filter = { key: 'job', operator: '=', value: 'api' };
    expect(datasource.applyTemplateVariables(query, {}, [filter])).toEqual({
      ...query,
      params: { tenant: ['acme', 'globex'] },
      groupBy: ['model'],
      title: '{{model}} by model',
      text: 'model',
      tags: ['model', '{{model}}'],
      adhocFilters: [filter],
    });
  });

  it('has the variables in its expression replaced, but not the macros', () => {
    const query: EventsQuery = { ...QUERY, expr: 'changes(x{tenant=~"$tenant"}[$__interval])' };
    const scopedVars = { __interval: { text: '15s', value: '15s' } };
    expect(datasource.applyTemplateVariables(query, scopedVars)).toMatchObject({
      expr: 'changes(x{tenant=~"(acme|globex)"}[$__interval])',
    });
  });

  it.each<[string, Partial<EventsQuery>, boolean]>([
    ['with a metric', {}, true],
    ['without a metric', { metric: '' }, false],
    ['with an expression', { metric: '', expr: 'up' }, true],
    ['with an empty expression', { expr: ' ' }, false],
  ])('%s is sent: %p', (_, fields, sent) => {
    expect(datasource.filterQuery({ ...QUERY, ...fields })).toBe(sent);
  });

  it('is formatted like its metric or expression', () => {
    expect(datasource.getQueryDisplayText(QUERY)).toBe('inference_models');
    expect(datasource.getQueryDisplayText({ ...QUERY, expr: 'up' })).toBe('up');
  });
});
