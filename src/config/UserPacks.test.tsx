import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { ModelMetricsOptions } from '../shared/options';
import { fakeBackendSrv, PendingRequest } from '../testing/backendSrv';
import { editorCalls } from '../testing/codeEditor';
import { EXAMPLE_PACK } from './examplePack';
import { PackMetric, PackProblem } from './packs';
import { UserPacks } from './UserPacks';

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/codeEditor').FakeCodeEditor,
}));

const METRIC: PackMetric = {
  name: 'my_error_ratio',
  title: 'My error ratio',
  pack: 'mine',
  line: 4,
  overrides: false,
  query: 'sum(rate(errors_total{__PARAMS__}[$__rate_interval]))',
  preview: 'sum(rate(errors_total[$__rate_interval]))',
};

const PROBLEM: PackProblem = { pack: 'mine', metric: 'latency_p99', field: 'query', line: 12, text: 'no such family' };

let requests: PendingRequest[];

beforeEach(() => {
  jest.useFakeTimers();
  requests = fakeBackendSrv();
});

afterEach(() => jest.useRealTimers());

/** Renders the section as the settings page does. */
function setup(first: ModelMetricsOptions = {}, { uid = 'mine', readOnly = false } = {}) {
  const onChange = jest.fn<void, [Partial<ModelMetricsOptions>]>();
  function Page() {
    const [options, setOptions] = useState(first);
    const change = (changed: Partial<ModelMetricsOptions>) => {
      onChange(changed);
      setOptions({ ...options, ...changed });
    };
    return <UserPacks uid={uid} options={options} disabled={readOnly} onChange={change} />;
  }
  render(<Page />);
  return { onChange, user: userEvent.setup({ advanceTimers: jest.advanceTimersByTime }) };
}

const field = () => screen.getByRole('textbox', { name: 'Packs in YAML' });
const status = () => screen.getByRole('status');
const pass = (ms: number) => act(() => jest.advanceTimersByTime(ms));
const respond = (index: number, problems: PackProblem[], metrics: PackMetric[] = []) =>
  act(() => requests[index].respond({ problems, metrics }));

/** Renders the section with the result of a check. */
function setupChecked(problems: PackProblem[], metrics: PackMetric[] = []) {
  const page = setup({ packs: 'pack: mine' });
  pass(500);
  respond(0, problems, metrics);
  return page;
}

describe('without user packs', () => {
  it('is a closed section', async () => {
    const { user } = setup();
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('Expand section User metrics'));
    expect(field()).toHaveValue('');
    expect(screen.getByText(/^No user packs\./)).toBeInTheDocument();
  });

  it('sends no request', async () => {
    const { user } = setup();
    await user.click(screen.getByLabelText('Expand section User metrics'));
    await user.type(field(), ' ');
    pass(5000);
    expect(requests).toEqual([]);
    expect(screen.getByText(/^No user packs\./)).toBeInTheDocument();
  });

  it('inserts an example', async () => {
    const { user, onChange } = setup();
    await user.click(screen.getByLabelText('Expand section User metrics'));
    await user.click(screen.getByText('Insert example'));
    expect(onChange).toHaveBeenLastCalledWith({ packs: EXAMPLE_PACK });
    expect(field()).toHaveValue(EXAMPLE_PACK);
    expect(screen.queryByText('Insert example')).not.toBeInTheDocument();
    expect(editorCalls.focus).toHaveBeenCalled();
  });
});

it('is stored as entered, and removed if it is cleared', async () => {
  const { user, onChange } = setup({ packs: 'pack: mine' });
  await user.type(field(), '\n');
  expect(onChange).toHaveBeenLastCalledWith({ packs: 'pack: mine\n' });
  await user.clear(field());
  expect(onChange).toHaveBeenLastCalledWith({ packs: undefined });
});

it('is read-only and checked if the data source is provisioned', () => {
  setup({ packs: 'pack: mine' }, { readOnly: true });
  expect(field()).toHaveAttribute('readonly');
  pass(500);
  respond(0, [PROBLEM]);
  expect(screen.getByText('1 problem')).toBeInTheDocument();
});

it('has no example if the data source is provisioned', async () => {
  const { user } = setup({}, { readOnly: true });
  await user.click(screen.getByLabelText('Expand section User metrics'));
  expect(screen.queryByText('Insert example')).not.toBeInTheDocument();
});

describe('a check', () => {
  it('sends the text half a second after the last input', async () => {
    const { user } = setup({ packs: 'pack: mine' }, { uid: 'a/b' });
    expect(status()).toHaveTextContent('Checking…');
    pass(400);
    await user.type(field(), '!');
    pass(499);
    expect(requests).toHaveLength(0);
    pass(1);
    expect(requests.map(({ request }) => request)).toEqual([
      expect.objectContaining({
        url: '/api/datasources/uid/a%2Fb/resources/catalog/check',
        method: 'POST',
        data: { packs: 'pack: mine!' },
        showErrorAlert: false,
      }),
    ]);
  });

  it('is canceled by a later check', async () => {
    const { user } = setup({ packs: 'pack: mine' });
    pass(500);
    await user.type(field(), '!');
    expect(requests[0].isCanceled()).toBe(true);
    pass(500);
    respond(0, [PROBLEM]);
    expect(status()).toHaveTextContent('Checking…');
    respond(1, [], [METRIC]);
    expect(status()).toHaveTextContent('1 metric');
  });

  it('keeps the previous result visible while it runs', async () => {
    const { user } = setupChecked([PROBLEM]);
    await user.type(field(), '!');
    expect(status()).toHaveTextContent('Checking…');
    expect(screen.getByLabelText('Problems')).toHaveTextContent('no such family');
  });

  it('removes the result if the text is cleared', async () => {
    const { user } = setupChecked([PROBLEM]);
    await user.clear(field());
    expect(screen.queryByLabelText('Problems')).not.toBeInTheDocument();
    await user.type(field(), 'p');
    expect(status()).toHaveTextContent('Checking…');
    expect(screen.queryByLabelText('Problems')).not.toBeInTheDocument();
  });

  it('is canceled when the page is closed', () => {
    const page = render(
      <UserPacks uid="mine" options={{ packs: 'pack: mine' }} disabled={false} onChange={jest.fn()} />
    );
    pass(500);
    page.unmount();
    expect(requests[0].isCanceled()).toBe(true);
  });
});

describe('valid packs', () => {
  const overriding = { ...METRIC, name: 'inference_error_ratio', overrides: true };

  it.each([
    ['1 metric', [METRIC]],
    ['3 metrics, 1 overrides a built-in metric', [METRIC, overriding, { ...METRIC, name: 'c' }]],
    ['2 metrics, 2 override built-in metrics', [overriding, { ...overriding, name: 'd' }]],
    ['0 metrics', []],
  ])('have %s', (text, metrics) => {
    setupChecked([], metrics);
    expect(within(status()).getByText(text)).toBeInTheDocument();
    expect(status()).toHaveTextContent('Save & test shows the same result.');
  });

  it('are listed with their PromQL', async () => {
    const { user } = setupChecked([], [METRIC, { ...overriding, record: 'inference:error_ratio' }]);
    const rows = screen.getAllByRole('row').map((row) => within(row).queryAllByRole('cell'));
    const texts = rows.map((cells) => cells.map(({ textContent }) => textContent)).filter(({ length }) => length);
    expect(texts).toEqual([
      ['my_error_ratio', 'My error ratio', '', METRIC.preview, ''],
      ['inference_error_ratio', 'My error ratio', 'built-in metric', METRIC.preview, 'inference:error_ratio'],
    ]);

    Object.defineProperty(window, 'isSecureContext', { value: true });
    await user.click(screen.getByLabelText('Copy the PromQL of my_error_ratio'));
    expect(await screen.findByText('Copied')).toBeInTheDocument();
    expect(await navigator.clipboard.readText()).toBe(METRIC.preview);
  });
});

describe('problems', () => {
  it('are listed with their positions, in addition to the valid metrics', () => {
    setupChecked(
      [
        PROBLEM,
        { pack: 'mine', metric: '', field: 'title', line: 2, text: 'is missing' },
        { pack: '', metric: '', field: '', line: 0, text: 'not YAML' },
      ],
      [METRIC]
    );
    expect(status()).toHaveTextContent('3 problems');
    const problems = within(screen.getByLabelText('Problems')).getAllByRole('listitem');
    expect(problems.map(({ textContent }) => textContent)).toEqual([
      'Line 12 · mine · latency_p99 · query: no such family',
      'Line 2 · mine · title: is missing',
      'not YAML',
    ]);
    expect(screen.getByText('my_error_ratio')).toBeInTheDocument();
  });

  it('link to their lines', async () => {
    const { user } = setupChecked([PROBLEM]);
    screen.getByRole('button', { name: 'Line 12' }).focus();
    await user.keyboard('{Enter}');
    expect(editorCalls.revealLineInCenter).toHaveBeenLastCalledWith(12);
  });
});

describe('a failed check', () => {
  const failed = (status: number, message: string) => ({ status, statusText: '', data: { message }, config: {} });

  it.each<[string, unknown, string]>([
    [
      'the data source is not saved',
      failed(404, 'Data source not found'),
      'Data source not found. Save the data source first. If it is saved, restart Grafana: it runs an older version of the plugin.',
    ],
    ['the text is too long', failed(400, 'The packs are larger than 1 MiB.'), 'The packs are larger than 1 MiB.'],
    [
      'the user may not query',
      failed(403, 'Permission denied.'),
      'Permission denied. Ask an administrator for the role Editor and for the permission to query this data source.',
    ],
    [
      'the plugin is unavailable',
      failed(503, 'Plugin unavailable'),
      "Plugin unavailable. Try again. If the error persists, see Grafana's log.",
    ],
    [
      'the network is unavailable',
      new TypeError('Failed to fetch'),
      'Grafana did not respond (Failed to fetch). Check the connection and try again.',
    ],
  ])('because %s shows what to do', (_, error, text) => {
    setup({ packs: 'pack: mine' });
    pass(500);
    act(() => requests[0].fail(error));
    expect(screen.getByLabelText('The packs could not be checked')).toHaveTextContent(
      `The packs could not be checked${text}Try again`
    );
  });

  it('can be retried', async () => {
    const { user } = setup({ packs: 'pack: mine' });
    pass(500);
    act(() => requests[0].fail(new TypeError('Failed to fetch')));
    await user.click(screen.getByText('Try again'));
    pass(500);
    respond(1, [], [METRIC]);
    expect(screen.queryByLabelText('The packs could not be checked')).not.toBeInTheDocument();
    expect(status()).toHaveTextContent('1 metric');
  });
});
