import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { EXAMPLE_PACK } from './examplePack';
import { PackMetric, PackProblem } from './packs';
import { Asked, fakeBackendSrv } from '../testing/backendSrv';
import { told } from '../testing/codeEditor';
import { ModelMetricsOptions } from '../shared/types';
import { OwnMetrics } from './UserPacks';

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

let asked: Asked[];

beforeEach(() => {
  jest.useFakeTimers();
  asked = fakeBackendSrv();
});

afterEach(() => jest.useRealTimers());

/** The section as the settings page holds it. */
function setup(first: ModelMetricsOptions = {}, { uid = 'mine', readOnly = false } = {}) {
  const onChange = jest.fn<void, [Partial<ModelMetricsOptions>]>();
  function Page() {
    const [options, setOptions] = useState(first);
    const change = (changed: Partial<ModelMetricsOptions>) => {
      onChange(changed);
      setOptions({ ...options, ...changed });
    };
    return <OwnMetrics uid={uid} options={options} disabled={readOnly} onChange={change} />;
  }
  render(<Page />);
  return { onChange, user: userEvent.setup({ advanceTimers: jest.advanceTimersByTime }) };
}

const field = () => screen.getByRole('textbox', { name: 'Packs in YAML' });
const status = () => screen.getByRole('status');
const pass = (ms: number) => act(() => jest.advanceTimersByTime(ms));
const answer = (at: number, problems: PackProblem[], metrics: PackMetric[] = []) =>
  act(() => asked[at].answer({ problems, metrics }));

/** The section with packs that have been checked. */
function setupChecked(problems: PackProblem[], metrics: PackMetric[] = []) {
  const page = setup({ packs: 'pack: mine' });
  pass(500);
  answer(0, problems, metrics);
  return page;
}

describe('with nothing written', () => {
  it('is out of sight until it is asked for', async () => {
    const { user } = setup();
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('Expand section Own metrics'));
    expect(field()).toHaveValue('');
    expect(screen.getByText(/^Nothing is written/)).toBeInTheDocument();
  });

  it('asks nothing', async () => {
    const { user } = setup();
    await user.click(screen.getByLabelText('Expand section Own metrics'));
    await user.type(field(), ' ');
    pass(5000);
    expect(asked).toEqual([]);
    expect(screen.getByText(/^Nothing is written/)).toBeInTheDocument();
  });

  it('offers an example', async () => {
    const { user, onChange } = setup();
    await user.click(screen.getByLabelText('Expand section Own metrics'));
    await user.click(screen.getByText('Insert an example'));
    expect(onChange).toHaveBeenLastCalledWith({ packs: EXAMPLE_PACK });
    expect(field()).toHaveValue(EXAMPLE_PACK);
    expect(screen.queryByText('Insert an example')).not.toBeInTheDocument();
    expect(told.focus).toHaveBeenCalled();
  });
});

it('is stored as it is written, and leaves nothing behind when it is emptied', async () => {
  const { user, onChange } = setup({ packs: 'pack: mine' });
  await user.type(field(), '\n');
  expect(onChange).toHaveBeenLastCalledWith({ packs: 'pack: mine\n' });
  await user.clear(field());
  expect(onChange).toHaveBeenLastCalledWith({ packs: undefined });
});

it('can’t be changed where it is provisioned, and is checked all the same', () => {
  setup({ packs: 'pack: mine' }, { readOnly: true });
  expect(field()).toHaveAttribute('readonly');
  pass(500);
  answer(0, [PROBLEM]);
  expect(screen.getByText('1 problem')).toBeInTheDocument();
});

it('offers no example where it is provisioned', async () => {
  const { user } = setup({}, { readOnly: true });
  await user.click(screen.getByLabelText('Expand section Own metrics'));
  expect(screen.queryByText('Insert an example')).not.toBeInTheDocument();
});

describe('a check', () => {
  it('sends what is written to the data source, when nobody has typed for half a second', async () => {
    const { user } = setup({ packs: 'pack: mine' }, { uid: 'a/b' });
    expect(status()).toHaveTextContent('Checking…');
    pass(400);
    await user.type(field(), '!');
    pass(499);
    expect(asked).toHaveLength(0);
    pass(1);
    expect(asked.map(({ request }) => request)).toEqual([
      expect.objectContaining({
        url: '/api/datasources/uid/a%2Fb/resources/catalog/check',
        method: 'POST',
        data: { packs: 'pack: mine!' },
        showErrorAlert: false,
      }),
    ]);
  });

  it('is given up for a later one', async () => {
    const { user } = setup({ packs: 'pack: mine' });
    pass(500);
    await user.type(field(), '!');
    expect(asked[0].isGivenUp()).toBe(true);
    pass(500);
    answer(0, [PROBLEM]);
    expect(status()).toHaveTextContent('Checking…');
    answer(1, [], [METRIC]);
    expect(status()).toHaveTextContent('1 metric');
  });

  it('leaves what was found before in sight', async () => {
    const { user } = setupChecked([PROBLEM]);
    await user.type(field(), '!');
    expect(status()).toHaveTextContent('Checking…');
    expect(screen.getByLabelText('Problems')).toHaveTextContent('no such family');
  });

  it('forgets what was found once nothing is written', async () => {
    const { user } = setupChecked([PROBLEM]);
    await user.clear(field());
    expect(screen.queryByLabelText('Problems')).not.toBeInTheDocument();
    await user.type(field(), 'p');
    expect(status()).toHaveTextContent('Checking…');
    expect(screen.queryByLabelText('Problems')).not.toBeInTheDocument();
  });

  it('is not waited for by a page that is left', () => {
    const page = render(
      <OwnMetrics uid="mine" options={{ packs: 'pack: mine' }} disabled={false} onChange={jest.fn()} />
    );
    pass(500);
    page.unmount();
    expect(asked[0].isGivenUp()).toBe(true);
  });
});

describe('packs without a fault', () => {
  const overriding = { ...METRIC, name: 'inference_error_ratio', overrides: true };

  it.each([
    ['1 metric', [METRIC]],
    ['3 metrics, 1 overrides a built-in one', [METRIC, overriding, { ...METRIC, name: 'c' }]],
    ['2 metrics, 2 override built-in ones', [overriding, { ...overriding, name: 'd' }]],
    ['0 metrics', []],
  ])('have %s', (says, metrics) => {
    setupChecked([], metrics);
    expect(within(status()).getByText(says)).toBeInTheDocument();
    expect(status()).toHaveTextContent('Save & test says the same.');
  });

  it('are shown as they work', async () => {
    const { user } = setupChecked([], [METRIC, { ...overriding, record: 'inference:error_ratio' }]);
    const rows = screen.getAllByRole('row').map((row) => within(row).queryAllByRole('cell'));
    const texts = rows.map((cells) => cells.map(({ textContent }) => textContent)).filter(({ length }) => length);
    expect(texts).toEqual([
      ['my_error_ratio', 'My error ratio', '', METRIC.preview, ''],
      ['inference_error_ratio', 'My error ratio', 'the built-in metric', METRIC.preview, 'inference:error_ratio'],
    ]);

    Object.defineProperty(window, 'isSecureContext', { value: true });
    await user.click(screen.getByLabelText('Copy the PromQL of my_error_ratio'));
    expect(await screen.findByText('Copied')).toBeInTheDocument();
    expect(await navigator.clipboard.readText()).toBe(METRIC.preview);
  });
});

describe('faults', () => {
  it('are listed with their places, beside the metrics that are good', () => {
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

  it('lead to their lines', async () => {
    const { user } = setupChecked([PROBLEM]);
    screen.getByRole('button', { name: 'Line 12' }).focus();
    await user.keyboard('{Enter}');
    expect(told.revealLineInCenter).toHaveBeenLastCalledWith(12);
  });
});

describe('where the packs can’t be checked', () => {
  const failed = (status: number, message: string) => ({ status, statusText: '', data: { message }, config: {} });

  it.each<[string, unknown, string]>([
    [
      'the data source is not there yet',
      failed(404, 'Data source not found'),
      'Data source not found. Save the data source first. If it is saved, restart Grafana: it runs an older version of the plugin.',
    ],
    ['the text is too long', failed(400, 'The packs are larger than 1 MiB.'), 'The packs are larger than 1 MiB.'],
    [
      'somebody may not query',
      failed(403, 'Permission denied.'),
      'Permission denied. Ask for the permission to query this data source.',
    ],
    [
      'the plugin is gone',
      failed(503, 'Plugin unavailable'),
      "Plugin unavailable. Try again. If that does not help, look into Grafana's log.",
    ],
    [
      'the network is gone',
      new TypeError('Failed to fetch'),
      'Grafana did not answer (Failed to fetch). Check the connection and try again.',
    ],
  ])('as %s, it says what to do', (_, error, says) => {
    setup({ packs: 'pack: mine' });
    pass(500);
    act(() => asked[0].fail(error));
    expect(screen.getByLabelText('The packs could not be checked')).toHaveTextContent(
      `The packs could not be checked${says}Try again`
    );
  });

  it('tries again', async () => {
    const { user } = setup({ packs: 'pack: mine' });
    pass(500);
    act(() => asked[0].fail(new TypeError('Failed to fetch')));
    await user.click(screen.getByText('Try again'));
    pass(500);
    answer(1, [], [METRIC]);
    expect(screen.queryByLabelText('The packs could not be checked')).not.toBeInTheDocument();
    expect(status()).toHaveTextContent('1 metric');
  });
});
