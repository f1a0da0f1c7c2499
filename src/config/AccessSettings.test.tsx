import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { ModelMetricsOptions } from '../shared/options';
import { fakeBackendSrv, PendingRequest } from '../testing/backendSrv';
import { editorCalls } from '../testing/codeEditor';
import { AccessProblem, Explanation } from './access';
import { AccessSettings } from './AccessSettings';
import { EXAMPLE_ACCESS } from './exampleAccess';

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/codeEditor').FakeCodeEditor,
}));

const RULES = 'rules:\n  - deny: true';
const PROBLEM: AccessProblem = { line: 2, column: 5, path: 'rules[0].when.org', text: 'must be a number' };
const EXPLANATION: Explanation = {
  denied: false,
  rule: 'acme',
  reason: '',
  message: 'The access rules (rule "acme") restrict the caller to series with tenant="acme".',
  matchers: ['tenant="acme"', 'env=~"prod|test"'],
  policy: [
    { name: 'promql', verdict: 'block' },
    { name: 'range', verdict: 'block', max: '30d' },
    { name: 'points', verdict: 'off' },
    { name: 'series', verdict: 'observe', max: '5000' },
  ],
};

let requests: PendingRequest[];

beforeEach(() => {
  jest.useFakeTimers();
  requests = fakeBackendSrv();
});

afterEach(() => jest.useRealTimers());

const TOKEN = { isStored: false, entered: '', onEnter: jest.fn(), onReset: jest.fn() };

/** Renders the section as the settings page does. */
function setup(first: ModelMetricsOptions = {}, { uid = 'mine', readOnly = false, token = TOKEN } = {}) {
  const onChange = jest.fn<void, [Partial<ModelMetricsOptions>]>();
  function Page() {
    const [options, setOptions] = useState(first);
    const change = (changed: Partial<ModelMetricsOptions>) => {
      onChange(changed);
      setOptions({ ...options, ...changed });
    };
    return <AccessSettings uid={uid} org={3} token={token} options={options} disabled={readOnly} onChange={change} />;
  }
  render(<Page />);
  return { onChange, user: userEvent.setup({ advanceTimers: jest.advanceTimersByTime }) };
}

const rules = () => screen.getByRole('textbox', { name: 'Access rules in YAML' });
const pass = (ms: number) => act(() => jest.advanceTimersByTime(ms));
const sent = () => requests.map(({ request }) => [request.url, request.data]);

/** Renders the section with the result of a check. */
function setupChecked(problems: AccessProblem[], options: Parameters<typeof setup>[1] = {}) {
  const page = setup({ access: RULES }, options);
  pass(500);
  act(() => requests[0].respond({ problems }));
  return page;
}

/** Responds to the last request. */
const explain = (explanation: Partial<Explanation> = {}) =>
  act(() => requests[requests.length - 1].respond({ ...EXPLANATION, ...explanation }));

function table(): string[][] {
  const rows = within(screen.getByLabelText('Result for this caller')).getAllByRole('row').slice(1);
  return rows
    .map((row) => within(row).getAllByRole('cell'))
    .map((cells) => cells.map((cell) => cell.textContent ?? ''));
}

describe('without rules', () => {
  it('is a closed section that sends no request', async () => {
    const { user } = setup();
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('Expand section Access and policy'));
    await user.type(rules(), ' ');
    pass(5000);
    expect(screen.getByText('No access rules and no policy. Nobody is restricted.')).toBeInTheDocument();
    expect(requests).toEqual([]);
  });

  it('inserts an example', async () => {
    const { user, onChange } = setup({ auditOtlpUrl: 'http://collector:4318/v1/logs' });
    await user.click(screen.getByText('Insert example'));
    expect(onChange).toHaveBeenLastCalledWith({ access: EXAMPLE_ACCESS });
    expect(rules()).toHaveValue(EXAMPLE_ACCESS);
    expect(editorCalls.focus).toHaveBeenCalled();
  });
});

it('stores the rules as entered, and removes them if they are cleared', async () => {
  const { user, onChange } = setup({ access: RULES });
  await user.type(rules(), '\n');
  expect(onChange).toHaveBeenLastCalledWith({ access: `${RULES}\n` });
  await user.clear(rules());
  expect(onChange).toHaveBeenLastCalledWith({ access: undefined });
});

it('removes rules that become blank', async () => {
  const { user, onChange } = setup({ access: 'a' });
  await user.type(rules(), '{Backspace} ');
  expect(onChange.mock.calls).toEqual([[{ access: undefined }], [{ access: undefined }]]);
});

describe('stored rules that are blank', () => {
  it.each(['', ' \n'])('are an error: %j', async (access) => {
    const { user, onChange } = setup({ access });
    expect(screen.getByText('The stored rules are blank, so every request for data fails')).toBeInTheDocument();
    expect(screen.queryByText(/^No access rules/)).not.toBeInTheDocument();
    expect(onChange).not.toHaveBeenCalled();
    await user.click(screen.getByText('Remove the setting'));
    expect(onChange).toHaveBeenLastCalledWith({ access: undefined });
    expect(screen.getByText('No access rules and no policy. Nobody is restricted.')).toBeInTheDocument();
  });

  it('can only be read if the data source is provisioned', () => {
    setup({ access: '' }, { readOnly: true });
    expect(screen.getByText('The stored rules are blank, so every request for data fails')).toBeInTheDocument();
    expect(screen.queryByText('Remove the setting')).not.toBeInTheDocument();
  });
});

describe('a check', () => {
  it('sends the rules half a second after the last input', async () => {
    const { user } = setup({ access: RULES }, { uid: 'a/b' });
    pass(400);
    await user.type(rules(), '!');
    pass(499);
    expect(requests).toEqual([]);
    pass(1);
    expect(sent()).toEqual([['/api/datasources/uid/a%2Fb/resources/access/check', { access: `${RULES}!` }]]);
  });

  it('lists the problems, marks them and links to their lines', async () => {
    const { user } = setupChecked([PROBLEM, { line: 0, column: 0, path: '', text: 'not YAML' }]);
    expect(screen.getByText('2 problems')).toBeInTheDocument();
    const problems = within(screen.getByLabelText('Problems')).getAllByRole('listitem');
    expect(problems.map(({ textContent }) => textContent)).toEqual([
      'Line 2 · rules[0].when.org: must be a number',
      'not YAML',
    ]);
    expect(screen.getByText(/^If you save invalid rules, every request for data fails/)).toBeInTheDocument();
    const [, , markers] = editorCalls.setModelMarkers.mock.lastCall ?? [];
    expect(markers).toEqual([expect.objectContaining({ startLineNumber: 2, message: 'must be a number' })]);
    await user.click(screen.getByText('Line 2'));
    expect(editorCalls.revealLineInCenter).toHaveBeenLastCalledWith(2);
    expect(screen.queryByText('What would they see?')).not.toBeInTheDocument();
  });

  it('that fails can be retried', async () => {
    const { user } = setup({ access: RULES });
    pass(500);
    act(() =>
      requests[0].fail({ status: 403, statusText: '', data: { message: 'Only editors may do this.' }, config: {} })
    );
    expect(screen.getByText(/^Only editors may do this\./)).toBeInTheDocument();
    await user.click(screen.getByText('Try again'));
    pass(500);
    act(() => requests[1].respond({ problems: [] }));
    expect(screen.getByText('Valid')).toBeInTheDocument();
  });
});

describe('what a caller sees', () => {
  it('is explained for a viewer without a login at first', () => {
    setupChecked([]);
    expect(screen.getByText('Valid')).toBeInTheDocument();
    pass(500);
    expect(sent()[1]).toEqual([
      '/api/datasources/uid/mine/resources/access/explain',
      { login: '', email: '', role: 'Viewer', org: 3, alert: false, access: RULES },
    ]);
    explain();
    expect(table()).toEqual([
      ['Which series?', 'Only {tenant="acme", env=~"prod|test"}'],
      ['By which rule?', 'acme'],
      ['Why?', EXPLANATION.message],
      ['Queries that are not in the catalog', 'Blocked'],
      ['Time range', 'Blocked above 30d'],
      ['Points per series', 'Allowed'],
      ['Series per query', 'Observed above 5000'],
    ]);
  });

  it('follows the caller', async () => {
    const { user } = setupChecked([]);
    await user.type(screen.getByLabelText('Login'), 'alice');
    await user.type(screen.getByLabelText('Email'), 'a@b.c');
    await user.click(screen.getByLabelText('Editor'));
    await user.type(screen.getByLabelText('Organization'), '1');
    pass(500);
    expect(sent().slice(1)).toEqual([
      [expect.anything(), { login: 'alice', email: 'a@b.c', role: 'Editor', org: 31, alert: false, access: RULES }],
    ]);
    await user.click(screen.getByLabelText('Alert rule'));
    expect(screen.getByLabelText('Login')).toBeDisabled();
    pass(500);
    expect(sent()[2]).toEqual([expect.anything(), expect.objectContaining({ alert: true })]);
  });

  it('follows the rules in the editor when they are valid', async () => {
    const { user } = setupChecked([]);
    pass(500);
    explain();
    await user.type(rules(), '#');
    expect(table()[1]).toEqual(['By which rule?', 'acme']);
    pass(500);
    act(() => requests[2].respond({ problems: [] }));
    pass(500);
    expect(sent()[3]).toEqual([expect.anything(), expect.objectContaining({ access: `${RULES}#` })]);
  });

  it.each<[string, Partial<Explanation>, string[][]]>([
    [
      'nothing',
      {
        denied: true,
        rule: '',
        reason: 'access_denied',
        message: 'access_denied: no rule fits the caller.',
        matchers: [],
      },
      [
        ['Which series?', 'None'],
        ['By which rule?', 'No rule'],
        ['Why?', 'No rule fits the caller. This follows from the access rules of the data source (access_denied).'],
      ],
    ],
    [
      'everything',
      { rule: 'admins', message: '', matchers: [], policy: [] },
      [
        ['Which series?', 'All'],
        ['By which rule?', 'admins'],
      ],
    ],
  ])('can be %s', (_, explanation, want) => {
    setupChecked([]);
    pass(500);
    explain(explanation);
    expect(table()).toEqual(want);
  });

  it('is not explained to users who are not administrators', () => {
    setupChecked([]);
    pass(500);
    act(() => requests[1].fail({ status: 403, statusText: '', data: { message: 'Only administrators.' }, config: {} }));
    expect(screen.getByLabelText('The rules could not be applied')).toHaveTextContent('Only administrators.');
  });

  it('can be looked up if the data source is provisioned', async () => {
    const { user } = setupChecked([], { readOnly: true });
    expect(rules()).toHaveAttribute('readonly');
    await user.type(screen.getByLabelText('Login'), 'bob');
    pass(500);
    expect(sent()[1]).toEqual([expect.anything(), expect.objectContaining({ login: 'bob' })]);
  });
});

describe('the audit log', () => {
  it('has a URL that is stored as entered', async () => {
    const { user, onChange } = setup({ auditOtlpUrl: 'collector:4318' });
    expect(screen.getByText('Write a URL such as https://collector:4318/v1/logs.')).toBeInTheDocument();
    await user.clear(screen.getByLabelText('OTLP/HTTP logs URL'));
    expect(onChange).toHaveBeenLastCalledWith({ auditOtlpUrl: undefined });
    await user.click(screen.getByLabelText('OTLP/HTTP logs URL'));
    await user.paste('http://loki:3100/otlp/v1/logs');
    expect(onChange).toHaveBeenLastCalledWith({ auditOtlpUrl: 'http://loki:3100/otlp/v1/logs' });
    expect(screen.queryByText(/^Write a URL/)).not.toBeInTheDocument();
  });

  it('is read-only if the data source is provisioned', () => {
    setup({ auditOtlpUrl: 'http://c/v1/logs' }, { readOnly: true, token: { ...TOKEN, isStored: true } });
    expect(screen.getByLabelText('OTLP/HTTP logs URL')).toBeDisabled();
    expect(screen.getByLabelText('OTLP token')).toBeDisabled();
    expect(screen.getByLabelText('OTLP token')).toHaveValue('configured');
    expect(screen.queryByText('Reset')).not.toBeInTheDocument();
  });
});
