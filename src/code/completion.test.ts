import { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';

import { fakeDataSource, Resources } from '../testing/datasource';
import { completionOf } from './completion';
import { promqlLanguage } from './language';
import { rememberQuery } from './recent';

const ok = (data: unknown, warnings?: string[]) => ({ status: 'success', data, warnings });

const RESOURCES: Resources = {
  'api/v1/label/__name__/values': ok(['inference_requests_total', 'up']),
  'api/v1/metadata': ok({ inference_requests_total: [{ type: 'counter', help: 'Requests taken.' }] }),
  'api/v1/labels': ok(['job', 'model', 'tenant']),
  'api/v1/label/model/values': ok(['churn', 'fraud "2"']),
};

/** Asks what is offered at the bar in the text. */
function setup(resources: Resources = RESOURCES) {
  const { datasource, getResource } = fakeDataSource([{ name: 'tenant', value: 'acme' }], resources);
  const source = completionOf(datasource);
  const offer = async (written: string): Promise<CompletionResult | null> => {
    const pos = written.indexOf('|');
    const doc = written.replace('|', '');
    const state = EditorState.create({ doc, extensions: promqlLanguage('name') });
    return source(new CompletionContext(state, pos, true));
  };
  return { offer, getResource };
}

const labels = (result: CompletionResult | null) => result?.options.map(({ label }) => label) ?? [];
const asked = (getResource: jest.SpyInstance) => getResource.mock.calls.map(([path, params]) => [path, params]);

it('offers metrics with their types and help, beside functions and aggregations', async () => {
  const { options = [], from } = (await setup().offer('sum(inf|)')) ?? {};
  expect(from).toBe(4);
  expect(options).toContainEqual(
    expect.objectContaining({ label: 'inference_requests_total', detail: 'counter', info: 'Requests taken.' })
  );
  expect(options).toContainEqual(expect.objectContaining({ label: 'up' }));
  expect(options).toContainEqual(expect.objectContaining({ label: 'rate', detail: 'function' }));
  expect(options).toContainEqual(expect.objectContaining({ label: 'topk', detail: 'aggregation' }));
});

it('offers metrics where nothing is known of them', async () => {
  const { offer } = setup({ ...RESOURCES, 'api/v1/metadata': new Error('gone') });
  expect(labels(await offer('u|'))).toContain('up');
});

it('offers the labels of a metric', async () => {
  const { offer, getResource } = setup();
  expect(labels(await offer('up{|}'))).toEqual(['job', 'model', 'tenant']);
  expect(asked(getResource)).toEqual([['api/v1/labels', { 'match[]': 'up' }]]);
  expect(labels(await offer('sum by (|) (rate(inference_requests_total{model="churn"}[$__rate_interval]))'))).toContain(
    'tenant'
  );
  expect(asked(getResource)).toContainEqual(['api/v1/labels', { 'match[]': 'inference_requests_total' }]);
});

it('offers the values that a label has beside the other matchers, with variables filled in', async () => {
  const { offer, getResource } = setup();
  const result = await offer('inference_requests_total{tenant="$tenant", model="|"}');
  expect(result?.options).toEqual([
    expect.objectContaining({ label: 'churn' }),
    expect.objectContaining({ label: 'fraud "2"', apply: 'fraud \\"2\\"' }),
  ]);
  expect(asked(getResource)).toEqual([
    ['api/v1/label/model/values', { 'match[]': 'inference_requests_total{tenant="acme"}' }],
  ]);
});

describe('names that are not identifiers', () => {
  const resources = {
    ...RESOURCES,
    'api/v1/label/__name__/values': ok(['http.requests', 'up']),
    'api/v1/labels': ok(['a"b', "it's", 'job', 'my-label']),
    'api/v1/label/U__my_2d_label/values': ok(['x']),
  };

  it.each([
    ['a metric, in braces', 'sum(|)', 'http.requests', '{"http.requests"}'],
    ['a label of a matcher', 'up{|}', 'my-label', '"my-label"'],
    ['a label that is begun', 'up{my|}', 'my-label', '"my-label"'],
    ['a label of a grouping', 'sum by (|) (up)', 'my-label', '"my-label"'],
    ['a label of a grouping between other quotes', "sum by ('a|') (up)", "it's", String.raw`it\'s`],
    ['a label with a quote', 'up{|}', 'a"b', String.raw`"a\"b"`],
  ])('are quoted: %s', async (_, written, label, apply) => {
    const { options = [] } = (await setup(resources).offer(written)) ?? {};
    expect(options).toContainEqual(expect.objectContaining({ label, apply }));
  });

  it('replace what is written between quotes', async () => {
    const { offer } = setup(resources);
    expect(await offer('sum({"ht|tp"})')).toMatchObject({ from: 6, to: 10 });
    expect(await offer('sum({"ht|')).toMatchObject({ from: 6, to: 8 });
  });

  it('have values, and filter those of others', async () => {
    const { offer, getResource } = setup(resources);
    expect(labels(await offer('{"http.requests", "my-label"="|", "a\\"b"="c"}'))).toEqual(['x']);
    expect(asked(getResource)).toEqual([
      ['api/v1/label/U__my_2d_label/values', { 'match[]': '{__name__="http.requests","a\\"b"="c"}' }],
    ]);
  });
});

it.each<[string, string, number, number]>([
  ['after a dollar', 'up{tenant="$|"}', 11, 12],
  ['in the middle of one', 'rate(x[$__ra|])', 7, 12],
])('offers variables and macros %s', async (_, written, from, to) => {
  const result = await setup().offer(written);
  expect(result).toMatchObject({ from });
  expect(result?.to ?? to).toBe(to);
  expect(labels(result).slice(0, 2)).toEqual(['$tenant', '$__rate_interval']);
});

it('offers variables in braces, and takes the closing one along', async () => {
  const result = await setup().offer('up{tenant=~"${ten|}"}');
  expect(result).toMatchObject({ from: 12, to: 18 });
  expect(labels(result)).toContain('${tenant}');
});

it('offers windows between empty brackets', async () => {
  const { offer } = setup();
  expect(labels(await offer('rate(x[|])'))).toEqual(['$__rate_interval', '$__interval', '$__range']);
  expect(labels(await offer('rate(x[5|])'))).toContain('m');
});

it('offers what ran last in an empty field', async () => {
  const { offer } = setup();
  rememberQuery('modelmetrics', 'sum(\n  up\n)');
  const { options = [] } = (await offer('|')) ?? {};
  expect(options[0]).toMatchObject({ label: 'sum(\n  up\n)', displayLabel: 'sum( up )' });
  expect(options).toContainEqual(expect.objectContaining({ label: 'up' }));
  expect(labels(await offer('u|'))).not.toContain('sum(\n  up\n)');
});

it('offers what follows a window of a variable length', async () => {
  expect(labels(await setup().offer('rate(up[$__rate_interval]) o|'))).toContain('or');
});

it.each([
  ['in a comment', '# ra|'],
  ['where Prometheus can’t be asked', 'up{model="|"}'],
])('offers nothing %s', async (_, written) => {
  const { offer } = setup({ ...RESOURCES, 'api/v1/label/model/values': new Error('refused') });
  expect(await offer(written)).toBeNull();
});

it('asks once, and again after a failure', async () => {
  const resources = { ...RESOURCES, 'api/v1/labels': new Error('refused') as unknown };
  const { offer, getResource } = setup(resources);
  await offer('up{|}');
  resources['api/v1/labels'] = RESOURCES['api/v1/labels'];
  await offer('up{|}');
  expect(labels(await offer('up{j|}'))).toContain('job');
  expect(getResource).toHaveBeenCalledTimes(2);
});

describe('where there is more than is listed at once', () => {
  const cut = ['results truncated due to limit'];
  const MORE = 'There are more: write a part of the name';
  const displayed = (result: CompletionResult | null) => result?.options.map(({ displayLabel }) => displayLabel);

  it('looks for a part of a metric’s name', async () => {
    const { offer, getResource } = setup({ ...RESOURCES, 'api/v1/label/__name__/values': ok(['a', 'b'], cut) });
    const result = await offer('tot|');
    expect(asked(getResource)).toContainEqual(['api/v1/label/__name__/values', { 'match[]': '{__name__=~".*tot.*"}' }]);
    expect(result?.validFor).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['of one metric', 'up{model="fra|"}', 'up{model=~".*fra.*"}'],
    ['beside other matchers', 'up{job="a", model="fra|"}', 'up{job="a",model=~".*fra.*"}'],
    ['of any metric', '{model="f.|"}', '{model=~".*f\\\\..*"}'],
    ['with quotes in it', 'up{model="\\"2|"}', 'up{model=~".*\\"2.*"}'],
  ])('looks for a part of a label’s value %s', async (_, written, match) => {
    const { offer, getResource } = setup({ ...RESOURCES, 'api/v1/label/model/values': ok(['fraud'], cut) });
    const result = await offer(written);
    expect(asked(getResource)).toContainEqual(['api/v1/label/model/values', { 'match[]': match }]);
    expect(result?.validFor).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['metrics', 'api/v1/label/__name__/values', 'u|'],
    ['values', 'api/v1/label/model/values', 'up{model="|"}'],
    ['labels', 'api/v1/labels', 'up{|}'],
  ])('says so below the %s, with an entry that changes nothing', async (_, path, written) => {
    const { offer } = setup({ ...RESOURCES, [path]: ok(['up'], cut) });
    const result = await offer(written);
    expect(displayed(result)?.at(-1)).toBe(MORE);
    const apply = result?.options.at(-1)?.apply;
    expect(typeof apply === 'function' && apply.length).toBe(0);
  });

  it('says nothing of a server that warns of something else', async () => {
    const { offer } = setup({ ...RESOURCES, 'api/v1/labels': ok(['job'], ['store is down']) });
    const result = await offer('up{|}');
    expect(displayed(result)).not.toContain(MORE);
    expect(result?.validFor).toBeDefined();
  });
});
