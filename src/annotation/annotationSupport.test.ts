import { AnnotationQuery } from '@grafana/data';

import { fakeDataSource } from '../testing/datasource';
import { EventsQuery, ModelMetricsQuery } from '../shared/types';

const ANNOTATION = { name: 'Deploys', enable: true, iconColor: 'red', datasource: { uid: 'modelmetrics' } };
const QUERY: EventsQuery = { refId: 'Anno', queryType: 'annotation', metric: 'inference_models' };

/** An annotation as Grafana holds it once it is open in the settings, or about to be asked. */
function prepared(stored: object) {
  const { annotations } = fakeDataSource().datasource;
  const prepare = (json: object): AnnotationQuery<ModelMetricsQuery> =>
    annotations?.prepareAnnotation?.(json) ?? fail();
  const once = prepare(stored);
  expect(prepare(once)).toBe(once);
  return once;
}

describe('an annotation', () => {
  it('of ours stays as it is', () => {
    const stored = { ...ANNOTATION, target: QUERY };
    expect(prepared(stored)).toBe(stored);
  });

  it('that is new begins in the catalog', () => {
    const target = { refId: 'Anno', queryType: 'annotation', metric: '', params: {} };
    expect(prepared(ANNOTATION)).toEqual({ ...ANNOTATION, target });
  });

  it('of another data source begins anew', () => {
    const builtIn = { limit: 100, matchAny: false, tags: [], type: 'dashboard' };
    expect(prepared({ ...ANNOTATION, target: builtIn }).target).toEqual(expect.objectContaining({ metric: '' }));
  });

  it.each([
    ['as Grafana stored it first', { expr: 'ALERTS', step: '30s' }, '30s'],
    ['as Grafana stores it now', { target: { refId: 'Anno', expr: 'ALERTS', interval: '30s' } }, '30s'],
    ['with the step that it has where none is stored', { expr: 'ALERTS' }, '60s'],
  ])('of the Prometheus data source moves over, %s', (_, query, interval) => {
    const marks = {
      titleFormat: '{{alertname}}',
      textFormat: '{{instance}}',
      tagKeys: 'severity, job',
      useValueForTime: false,
    };
    expect(prepared({ ...ANNOTATION, ...query, ...marks })).toEqual({
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

  it('of the Prometheus data source keeps its values as times', () => {
    expect(prepared({ ...ANNOTATION, expr: 'x', useValueForTime: true }).target).toMatchObject({
      useValueForTime: true,
      tags: [],
    });
  });

  it.each<[string, object, Partial<EventsQuery>]>([
    ['a switch of a form that is on', { useValueForTime: 'on' }, { useValueForTime: true }],
    ['a switch of a form that is off', { useValueForTime: '' }, { useValueForTime: undefined }],
    ['a number as its step', { step: 30 }, { interval: '30' }],
    ['a list of labels', { tagKeys: ['a', 'b'] }, { tags: ['{{a}}', '{{b}}'] }],
    ['nothing', { tagKeys: null, titleFormat: null, textFormat: null, target: null }, { tags: [], title: undefined }],
    ['what means nothing', { tagKeys: {}, titleFormat: [], useValueForTime: 'often' }, { tags: [], title: undefined }],
  ])('of the Prometheus data source moves over with %s', (_, marks, want) => {
    expect(prepared({ ...ANNOTATION, expr: 'ALERTS', ...marks }).target).toMatchObject(want);
  });

  it('asks its own data source, whatever its query was stored with', () => {
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

  it('is filled as a catalog query is', () => {
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

  it('is filled as PromQL is, and macros are not', () => {
    const query: EventsQuery = { ...QUERY, expr: 'changes(x{tenant=~"$tenant"}[$__interval])' };
    const scopedVars = { __interval: { text: '15s', value: '15s' } };
    expect(datasource.applyTemplateVariables(query, scopedVars)).toMatchObject({
      expr: 'changes(x{tenant=~"(acme|globex)"}[$__interval])',
    });
  });

  it.each<[string, Partial<EventsQuery>, boolean]>([
    ['with a metric', {}, true],
    ['without one', { metric: '' }, false],
    ['with an expression', { metric: '', expr: 'up' }, true],
    ['with an empty one', { expr: ' ' }, false],
  ])('%s is sent or not', (_, part, sent) => {
    expect(datasource.filterQuery({ ...QUERY, ...part })).toBe(sent);
  });

  it('reads like what it asks', () => {
    expect(datasource.getQueryDisplayText(QUERY)).toBe('inference_models');
    expect(datasource.getQueryDisplayText({ ...QUERY, expr: 'up' })).toBe('up');
  });
});
