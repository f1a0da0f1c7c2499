import { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';

import { fakeDataSource, Resources } from '../testing/datasource';
import { completionSource } from './completion';
import { promqlLanguage } from './language';
import { rememberQuery } from './recent';

const ok = (data: unknown, warnings?: string[]) => ({ status: 'success', data, warnings });

const RESOURCES: Resources = {
  'api/v1/label/__name__/values': ok(['inference_requests_total', 'up']),
  'api/v1/metadata': ok({ inference_requests_total: [{ type: 'counter', help: 'Requests taken.' }] }),
  'api/v1/labels': ok(['job', 'model', 'tenant']),
  'api/v1/label/model/values': ok(['churn', 'fraud "2"']),
};

/** Returns a function that completes a text at the position of the character `|`. */
function setup(resources: Resources = RESOURCES) {
  const { datasource, getResource } = fakeDataSource([{ name: 'tenant', value: 'acme' }], resources);
  const source = completionSource(datasource);
  const complete = async (written: string): Promise<CompletionResult | null> => {
    const pos = written.indexOf('|');
    const doc = written.replace('|', '');
    const state = EditorState.create({ doc, extensions: promqlLanguage('name') });
    return source(new CompletionContext(state, pos, true));
  };
  return { complete, getResource };
}

const labels = (result: CompletionResult | null) => result?.options.map(({ label }) => label) ?? [];
const requests = (getResource: jest.SpyInstance) => getResource.mock.calls.map(([path, params]) => [path, params]);

it('completes metrics with their types and help, functions and aggregations', async () => {
  const { options = [], from } = (await setup().complete('sum(inf|)')) ?? {};
  expect(from).toBe(4);
  expect(options).toContainEqual(
    expect.objectContaining({ label: 'inference_requests_total', detail: 'counter', info: 'Requests taken.' })
  );
  expect(options).toContainEqual(expect.objectContaining({ label: 'up' }));
  expect(options).toContainEqual(expect.objectContaining({ label: 'rate', detail: 'function' }));
  expect(options).toContainEqual(expect.objectContaining({ label: 'topk', detail: 'aggregation' }));
});

// The clock advances by 21 ms whenever it is read. CodeMirror reads it while it parses, and stops after 20 ms.
it('completes labels if the browser is slow', async () => {
  let now = 0;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => (now += 21));
  try {
    expect(labels(await setup().complete('up{|}'))).toEqual(['job', 'model', 'tenant']);
  } finally {
    clock.mockRestore();
  }
});

it('completes metrics without metadata', async () => {
  const { complete } = setup({ ...RESOURCES, 'api/v1/metadata': new Error('gone') });
  expect(labels(await complete('u|'))).toContain('up');
});

it('completes the labels of a metric', async () => {
  const { complete, getResource } = setup();
  expect(labels(await complete('up{|}'))).toEqual(['job', 'model', 'tenant']);
  expect(requests(getResource)).toEqual([['api/v1/labels', { limit: 1000, 'match[]': 'up' }]]);
  expect(
    labels(await complete('sum by (|) (rate(inference_requests_total{model="churn"}[$__rate_interval]))'))
  ).toContain('tenant');
  expect(requests(getResource)).toContainEqual([
    'api/v1/labels',
    { limit: 1000, 'match[]': 'inference_requests_total' },
  ]);
});

it('completes label values from the series that match the other matchers, with variables replaced', async () => {
  const { complete, getResource } = setup();
  const result = await complete('inference_requests_total{tenant="$tenant", model="|"}');
  expect(result?.options).toEqual([
    expect.objectContaining({ label: 'churn' }),
    expect.objectContaining({ label: 'fraud "2"', apply: 'fraud \\"2\\"' }),
  ]);
  expect(requests(getResource)).toEqual([
    ['api/v1/label/model/values', { limit: 1000, 'match[]': 'inference_requests_total{tenant="acme"}' }],
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
    ['a part of a label', 'up{my|}', 'my-label', '"my-label"'],
    ['a label of a grouping', 'sum by (|) (up)', 'my-label', '"my-label"'],
    ['a label of a grouping in other quotes', "sum by ('a|') (up)", "it's", String.raw`it\'s`],
    ['a label with a quote', 'up{|}', 'a"b', String.raw`"a\"b"`],
  ])('are quoted: %s', async (_, written, label, apply) => {
    const { options = [] } = (await setup(resources).complete(written)) ?? {};
    expect(options).toContainEqual(expect.objectContaining({ label, apply }));
  });

  it('replace the text between quotes', async () => {
    const { complete } = setup(resources);
    expect(await complete('sum({"ht|tp"})')).toMatchObject({ from: 6, to: 10 });
    expect(await complete('sum({"ht|')).toMatchObject({ from: 6, to: 8 });
  });

  it('have values and limit the values of other labels', async () => {
    const { complete, getResource } = setup(resources);
    expect(labels(await complete('{"http.requests", "my-label"="|", "a\\"b"="c"}'))).toEqual(['x']);
    expect(requests(getResource)).toEqual([
      ['api/v1/label/U__my_2d_label/values', { limit: 1000, 'match[]': '{__name__="http.requests","a\\"b"="c"}' }],
    ]);
  });
});

it.each<[string, string, number, number]>([
  ['after a dollar', 'up{tenant="$|"}', 11, 12],
  ['in the middle of a macro', 'rate(x[$__ra|])', 7, 12],
])('completes variables and macros %s', async (_, written, from, to) => {
  const result = await setup().complete(written);
  expect(result).toMatchObject({ from });
  expect(result?.to ?? to).toBe(to);
  expect(labels(result).slice(0, 2)).toEqual(['$tenant', '$__rate_interval']);
});

it('completes variables in braces with the closing brace', async () => {
  const result = await setup().complete('up{tenant=~"${ten|}"}');
  expect(result).toMatchObject({ from: 12, to: 18 });
  expect(labels(result)).toContain('${tenant}');
});

it('completes macros in empty brackets', async () => {
  const { complete } = setup();
  expect(labels(await complete('rate(x[|])'))).toEqual(['$__rate_interval', '$__interval', '$__range']);
  expect(labels(await complete('rate(x[5|])'))).toContain('m');
});

it('completes recent queries in an empty field', async () => {
  const { complete } = setup();
  rememberQuery('modelmetrics', 'sum(\n  up\n)');
  const { options = [] } = (await complete('|')) ?? {};
  expect(options[0]).toMatchObject({ label: 'sum(\n  up\n)', displayLabel: 'sum( up )' });
  expect(options).toContainEqual(expect.objectContaining({ label: 'up' }));
  expect(labels(await complete('u|'))).not.toContain('sum(\n  up\n)');
});

it('completes keywords after a range with a macro', async () => {
  expect(labels(await setup().complete('rate(up[$__rate_interval]) o|'))).toContain('or');
});

it.each([
  ['in a comment', '# ra|'],
  ['if Prometheus does not respond', 'up{model="|"}'],
])('completes nothing %s', async (_, written) => {
  const { complete } = setup({ ...RESOURCES, 'api/v1/label/model/values': new Error('refused') });
  expect(await complete(written)).toBeNull();
});

it('loads names once, and again after a failure', async () => {
  const resources = { ...RESOURCES, 'api/v1/labels': new Error('refused') as unknown };
  const { complete, getResource } = setup(resources);
  await complete('up{|}');
  resources['api/v1/labels'] = RESOURCES['api/v1/labels'];
  await complete('up{|}');
  expect(labels(await complete('up{j|}'))).toContain('job');
  expect(getResource).toHaveBeenCalledTimes(2);
});

describe('a truncated list', () => {
  const warnings = ['results truncated due to limit'];
  const HINT = 'The list is truncated. Type a part of the name.';
  const displayed = (result: CompletionResult | null) => result?.options.map(({ displayLabel }) => displayLabel);

  it('is searched for a part of a metric’s name', async () => {
    const { complete, getResource } = setup({ ...RESOURCES, 'api/v1/label/__name__/values': ok(['a', 'b'], warnings) });
    const result = await complete('tot|');
    expect(requests(getResource)).toContainEqual([
      'api/v1/label/__name__/values',
      { limit: 1000, 'match[]': '{__name__=~".*tot.*"}' },
    ]);
    expect(result?.validFor).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['of one metric', 'up{model="fra|"}', 'up{model=~".*fra.*"}'],
    ['with other matchers', 'up{job="a", model="fra|"}', 'up{job="a",model=~".*fra.*"}'],
    ['of any metric', '{model="f.|"}', '{model=~".*f\\\\..*"}'],
    ['with quotes in it', 'up{model="\\"2|"}', 'up{model=~".*\\"2.*"}'],
  ])('is searched for a part of a label’s value %s', async (_, written, match) => {
    const { complete, getResource } = setup({ ...RESOURCES, 'api/v1/label/model/values': ok(['fraud'], warnings) });
    const result = await complete(written);
    expect(requests(getResource)).toContainEqual(['api/v1/label/model/values', { limit: 1000, 'match[]': match }]);
    expect(result?.validFor).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['metrics', 'api/v1/label/__name__/values', 'u|'],
    ['values', 'api/v1/label/model/values', 'up{model="|"}'],
    ['labels', 'api/v1/labels', 'up{|}'],
  ])('of %s ends with a hint that changes nothing', async (_, path, written) => {
    const { complete } = setup({ ...RESOURCES, [path]: ok(['up'], warnings) });
    const result = await complete(written);
    expect(displayed(result)?.at(-1)).toBe(HINT);
    const apply = result?.options.at(-1)?.apply;
    expect(typeof apply === 'function' && apply.length).toBe(0);
  });

  it('is not assumed if the server sends another warning', async () => {
    const { complete } = setup({ ...RESOURCES, 'api/v1/labels': ok(['job'], ['store is down']) });
    const result = await complete('up{|}');
    expect(displayed(result)).not.toContain(HINT);
    expect(result?.validFor).toBeDefined();
  });
});
