import { DataSourceSettings } from '@grafana/data';
import { setDataSourceSrv } from '@grafana/runtime';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { ModelMetricsOptions } from '../shared/options';
import { fakeBackendSrv, PendingRequest } from '../testing/backendSrv';
import { CATALOG } from '../testing/datasource';
import { FakeDataSourceSrv } from '../testing/dataSourceSrv';
import { ConfigEditor } from './ConfigEditor';
import { BuiltInPack } from './packs';

const OPTIONS = {
  id: 1,
  uid: 'modelmetrics',
  orgId: 1,
  name: 'Model Metrics',
  typeLogoUrl: '',
  type: 'modelmetrics-catalog-datasource',
  typeName: 'Model Metrics',
  access: 'proxy',
  url: 'http://prometheus:9090',
  user: '',
  basicAuth: false,
  basicAuthUser: '',
  isDefault: false,
  jsonData: { timeInterval: '15s', timeout: 30 },
  secureJsonFields: {},
  readOnly: false,
  withCredentials: false,
} as DataSourceSettings<ModelMetricsOptions>;

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/codeEditor').FakeCodeEditor,
}));

let requests: PendingRequest[];

beforeAll(() => setDataSourceSrv(new FakeDataSourceSrv()));
beforeEach(() => (requests = fakeBackendSrv()));

async function respondWithPacks() {
  const packs: BuiltInPack[] = [{ ...CATALOG.packs[0], metrics: CATALOG.metrics }];
  await act(async () => requests.find(({ request }) => request.url.endsWith('/catalog/packs'))?.respond({ packs }));
}

/** Renders the editor as the settings page does: onOptionsChange sets the next options. */
function setup(first: Partial<typeof OPTIONS> = {}) {
  const onOptionsChange = jest.fn<void, [typeof OPTIONS]>();
  function Page() {
    const [options, setOptions] = useState({ ...OPTIONS, ...first });
    const change = (next: typeof OPTIONS) => {
      onOptionsChange(next);
      setOptions(next);
    };
    return <ConfigEditor options={options} onOptionsChange={change} />;
  }
  render(<Page />);
  return { onOptionsChange, user: userEvent.setup() };
}

it('shows connection, authentication and query settings', () => {
  setup();
  expect(screen.getByDisplayValue('http://prometheus:9090')).toBeInTheDocument();
  expect(screen.getByText('TLS settings')).toBeInTheDocument();
  expect(screen.getByText('HTTP headers')).toBeInTheDocument();
  expect(screen.getByLabelText('Scrape interval')).toHaveValue('15s');
});

it('has the sections of Grafana’s Prometheus data source in their order, followed by other sections', () => {
  setup();
  const sections = screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent);
  expect(sections).toEqual([
    'Connection',
    'Authentication',
    'Advanced settings',
    'Packs',
    'User metrics',
    'Endpoint report',
    'Access and policy',
    'Test',
  ]);
});

it('reads settings of another type if their meaning is clear, and removes unclear settings on the next change', async () => {
  const otherTypes = {
    timeInterval: 10,
    disabledPacks: 'lango',
    keepCookies: 'session',
    exemplarTraceIdDestinations: [null],
  };
  const { user, onOptionsChange } = setup({ jsonData: { ...otherTypes, packs: { pack: 'a' } } as object });
  await respondWithPacks();
  await user.type(screen.getByLabelText('Query timeout'), '9');
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).toEqual({
    queryTimeout: '9',
    timeInterval: '10',
    disabledPacks: ['lango'],
    exemplarTraceIdDestinations: [],
    packs: '{"pack":"a"}',
  });
});

it('keeps query parameters of another type until the user enters new ones, because they may separate tenants', async () => {
  const customQueryParameters = { extra_label: 'tenant=a' };
  const { user, onOptionsChange } = setup({ jsonData: { customQueryParameters } as object });
  await respondWithPacks();
  await user.type(screen.getByLabelText('Query timeout'), '9');
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).toEqual({ queryTimeout: '9', customQueryParameters });
  await user.type(screen.getByLabelText('Custom query parameters'), 'a');
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).toHaveProperty('customQueryParameters', 'a');
});

it('keeps access rules and an audit URL of another type', async () => {
  const { user, onOptionsChange } = setup({ jsonData: { access: { rules: [] }, auditOtlpUrl: 5 } as object });
  await respondWithPacks();
  await user.type(screen.getByLabelText('Query timeout'), '9');
  const kept = { access: '{"rules":[]}', auditOtlpUrl: 5 };
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).toEqual({ ...kept, queryTimeout: '9' });
  expect(screen.getByLabelText('Access rules in YAML')).toHaveValue(kept.access);
});

it('stores the token of the audit log as a secret, next to other secrets', async () => {
  const first = {
    jsonData: { auditOtlpUrl: 'https://collector/v1/logs' },
    secureJsonFields: { httpHeaderValue1: true, auditOtlpToken: true },
  };
  const { user, onOptionsChange } = setup(first);
  await user.click(within(screen.getByText('OTLP token').closest('div')!.parentElement!).getByText('Reset'));
  expect(onOptionsChange.mock.lastCall?.[0]).toMatchObject({
    secureJsonFields: { httpHeaderValue1: true, auditOtlpToken: false },
    secureJsonData: { auditOtlpToken: '' },
  });
  await user.click(screen.getByLabelText('OTLP token'));
  await user.paste('secret');
  expect(onOptionsChange.mock.lastCall?.[0]).toMatchObject({
    jsonData: first.jsonData,
    secureJsonFields: { httpHeaderValue1: true },
    secureJsonData: { auditOtlpToken: 'secret' },
  });
});

it('stores durations and shows an error for an invalid one', async () => {
  const { user, onOptionsChange } = setup();
  await user.type(screen.getByLabelText('Query timeout'), '1m30x');
  expect(screen.getByText('Write a duration from 10ms to 24h, such as 15s or 1m30s.')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Query timeout'), '{Backspace}s');
  expect(screen.queryByText('Write a duration from 10ms to 24h, such as 15s or 1m30s.')).not.toBeInTheDocument();
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).toMatchObject({ timeInterval: '15s', queryTimeout: '1m30s' });

  await user.clear(screen.getByLabelText('Scrape interval'));
  expect(onOptionsChange.mock.lastCall?.[0].jsonData.timeInterval).toBeUndefined();
});

it('removes a timeout that is cleared', async () => {
  const { user, onOptionsChange } = setup();
  await user.clear(screen.getByLabelText('Timeout in seconds'));
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).toEqual({ timeInterval: '15s' });
});

it.each(['0s', '5ms', '9999us', '25h', '1d1s'])('shows an error for the query timeout %s', async (timeout) => {
  const { user } = setup();
  await user.type(screen.getByLabelText('Query timeout'), timeout);
  expect(screen.getByText('Write a duration from 10ms to 24h, such as 15s or 1m30s.')).toBeInTheDocument();
});

it.each(['10ms', '24h', '0.01'])('shows no error for the query timeout %s', async (timeout) => {
  const { user } = setup();
  await user.type(screen.getByLabelText('Query timeout'), timeout);
  expect(screen.queryByText(/Write a duration/)).not.toBeInTheDocument();
});

it('shows an error for a scrape interval of more than 366 days', async () => {
  const { user } = setup();
  await user.clear(screen.getByLabelText('Scrape interval'));
  await user.type(screen.getByLabelText('Scrape interval'), '367d');
  expect(screen.getByText('Write a duration of at most 366 days, such as 15s or 1m30s.')).toBeInTheDocument();
});

it('is read-only if the data source is provisioned', async () => {
  const exemplarTraceIdDestinations = [{ name: 'trace_id', url: 'https://traces.example.com' }];
  const { user } = setup({
    readOnly: true,
    jsonData: { timeInterval: '30s', packs: 'pack: mine', disabledPacks: ['inference'], exemplarTraceIdDestinations },
  });
  await user.click(screen.getByLabelText('Expand section Limits'));
  await user.click(screen.getByLabelText('Expand section HTTP headers'));
  await respondWithPacks();
  expect(await screen.findByLabelText('Pack Inference server')).not.toBeChecked();

  const roles = ['textbox', 'spinbutton', 'combobox', 'checkbox', 'switch', 'radio'];
  const fields = roles.flatMap((role) => screen.queryAllByRole(role));
  const changeable = fields.filter((field) => !field.matches(':disabled, [readonly]'));
  expect(changeable.map((field) => field.outerHTML)).toEqual([]);
  expect(fields.length).toBeGreaterThan(15);
  expect(screen.getByLabelText('Scrape interval')).toHaveValue('30s');
  expect(screen.getByLabelText('Packs in YAML')).toHaveValue('pack: mine');
});

describe('custom query parameters', () => {
  it('are stored as entered', async () => {
    const { user, onOptionsChange } = setup();
    await user.click(screen.getByLabelText('Custom query parameters'));
    await user.paste('dedup=true&x=1');
    expect(onOptionsChange.mock.lastCall?.[0].jsonData.customQueryParameters).toBe('dedup=true&x=1');
    await user.clear(screen.getByLabelText('Custom query parameters'));
    expect(onOptionsChange.mock.lastCall?.[0].jsonData).not.toHaveProperty('customQueryParameters');
  });

  it('show an error for a reserved parameter', async () => {
    const { user } = setup();
    await user.click(screen.getByLabelText('Custom query parameters'));
    await user.paste('dedup=true&query=up');
    expect(screen.getByText('The data source sets query itself. Remove it.')).toBeInTheDocument();
  });
});

describe('user metrics', () => {
  it('are stored as packs, without a key if they are empty', async () => {
    const { user, onOptionsChange } = setup({ jsonData: { timeInterval: '15s', packs: 'pack: mine' } });
    await user.type(screen.getByLabelText('Packs in YAML'), '2');
    expect(onOptionsChange.mock.lastCall?.[0].jsonData).toEqual({ timeInterval: '15s', packs: 'pack: mine2' });
    await user.clear(screen.getByLabelText('Packs in YAML'));
    expect(onOptionsChange.mock.lastCall?.[0].jsonData).toEqual({ timeInterval: '15s' });
  });

  it('are checked by the data source that is edited', async () => {
    setup({ uid: 'second', jsonData: { packs: 'pack: mine' } });
    await waitFor(() =>
      expect(requests.map(({ request }) => request.url)).toContain(
        '/api/datasources/uid/second/resources/catalog/check'
      )
    );
  });

  it('are read-only if the data source is provisioned', () => {
    setup({ readOnly: true, jsonData: { packs: 'pack: mine' } });
    expect(screen.getByLabelText('Packs in YAML')).toHaveAttribute('readonly');
  });
});

it('stores whether panels show PromQL infos', async () => {
  const { user, onOptionsChange } = setup();
  await user.click(screen.getByLabelText('PromQL infos on panels'));
  expect(onOptionsChange.mock.lastCall?.[0].jsonData.showInfos).toBe(true);
  await user.click(screen.getByLabelText('PromQL infos on panels'));
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).not.toHaveProperty('showInfos');
});

describe('limits', () => {
  const FIELDS = ['Response limit', 'Series limit', 'Sample limit', 'Retries'];

  async function open(first?: Partial<typeof OPTIONS>) {
    const page = setup(first);
    await page.user.click(screen.getByLabelText('Expand section Limits'));
    return page;
  }

  it('are in a closed section and empty by default', async () => {
    const { user } = setup();
    expect(screen.queryByLabelText('Series limit')).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('Expand section Limits'));
    const placeholders = FIELDS.map((label) => screen.getByLabelText(label).getAttribute('placeholder'));
    expect(placeholders).toEqual(['256', '50,000', '10,000,000', '2']);
    FIELDS.forEach((label) => expect(screen.getByLabelText(label)).toHaveValue(null));
    expect(screen.getByLabelText('Partial data')).not.toBeChecked();
  });

  it.each([
    ['Response limit', 'responseLimitMiB', '0.5', 0.5],
    ['Series limit', 'seriesLimit', '1000', 1000],
    ['Sample limit', 'sampleLimit', '5000000', 5e6],
    ['Retries', 'maxRetries', '0', 0],
  ])('%s is stored as the number %s', async (label, key, typed, stored) => {
    const { user, onOptionsChange } = await open();
    await user.type(screen.getByLabelText(label), typed);
    expect(onOptionsChange.mock.lastCall?.[0].jsonData).toHaveProperty(key, stored);
    expect(screen.queryByText(/^Write a/)).not.toBeInTheDocument();

    await user.clear(screen.getByLabelText(label));
    expect(onOptionsChange.mock.lastCall?.[0].jsonData).not.toHaveProperty(key);
  });

  it.each([
    ['Response limit', '0', 'Write a number from 0.1 to 1,048,576.'],
    ['Series limit', '1.5', 'Write a whole number from 1 to 10,000,000.'],
    ['Sample limit', '0', 'Write a whole number from 1 to 1,000,000,000.'],
    ['Retries', '11', 'Write a whole number from 0 to 10.'],
  ])('%s can’t be %s', async (label, typed, error) => {
    const { user } = await open();
    await user.type(screen.getByLabelText(label), typed);
    expect(screen.getByText(error)).toBeInTheDocument();
  });

  it('store whether a response over a limit is truncated', async () => {
    const { user, onOptionsChange } = await open();
    await user.click(screen.getByLabelText('Partial data'));
    expect(onOptionsChange.mock.lastCall?.[0].jsonData.partialData).toBe(true);
    await user.click(screen.getByLabelText('Partial data'));
    expect(onOptionsChange.mock.lastCall?.[0].jsonData).not.toHaveProperty('partialData');
  });

  it('store whether alert rules use partial results', async () => {
    const { user, onOptionsChange } = await open();
    expect(screen.getByLabelText('Partial results in alerts')).not.toBeChecked();
    await user.click(screen.getByLabelText('Partial results in alerts'));
    expect(onOptionsChange.mock.lastCall?.[0].jsonData.partialAlerts).toBe(true);
    await user.click(screen.getByLabelText('Partial results in alerts'));
    expect(onOptionsChange.mock.lastCall?.[0].jsonData).not.toHaveProperty('partialAlerts');
  });

  it('are read-only if the data source is provisioned', async () => {
    await open({ readOnly: true });
    [...FIELDS, 'Partial data', 'Partial results in alerts'].forEach((label) =>
      expect(screen.getByLabelText(label)).toBeDisabled()
    );
  });
});

describe('trace links', () => {
  const links = (call: [typeof OPTIONS] | undefined) => call?.[0].jsonData.exemplarTraceIdDestinations;

  it('store a label and a tracing data source', async () => {
    const { user, onOptionsChange } = setup();
    await user.click(screen.getByText('Add trace link'));
    const link = within(screen.getByLabelText('Trace link 1'));
    expect(link.getByText('Enter a label.')).toBeInTheDocument();

    await user.click(link.getByLabelText('Label'));
    await user.paste('trace_id');
    expect(link.queryByText('Enter a label.')).not.toBeInTheDocument();
    await user.click(link.getByLabelText('Select a data source'));
    expect(screen.queryByText('Model Metrics')).not.toBeInTheDocument();
    await user.click(await screen.findByText('Tempo'));
    expect(links(onOptionsChange.mock.lastCall)).toEqual([{ name: 'trace_id', datasourceUid: 'tempo' }]);
  });

  it('store a text', async () => {
    const first = { name: 'trace_id', datasourceUid: 'tempo' };
    const { user, onOptionsChange } = setup({ jsonData: { exemplarTraceIdDestinations: [first] } });
    await user.click(screen.getByLabelText('Link text'));
    await user.paste('Trace');
    expect(links(onOptionsChange.mock.lastCall)).toEqual([{ ...first, urlDisplayLabel: 'Trace' }]);
  });

  it('store a URL instead of a data source', async () => {
    const first = { name: 'trace_id', datasourceUid: 'tempo', urlDisplayLabel: 'Trace' };
    const { user, onOptionsChange } = setup({ jsonData: { exemplarTraceIdDestinations: [first] } });
    await user.click(screen.getByLabelText('Web page'));
    await user.click(screen.getByLabelText('URL'));
    await user.paste('https://traces.example.com/$');
    expect(links(onOptionsChange.mock.lastCall)).toEqual([
      { name: 'trace_id', url: 'https://traces.example.com/$', urlDisplayLabel: 'Trace' },
    ]);

    await user.click(screen.getByLabelText('Data source'));
    expect(links(onOptionsChange.mock.lastCall)).toEqual([{ name: 'trace_id', urlDisplayLabel: 'Trace' }]);
  });

  it('can be removed, without a key if none is left', async () => {
    const { user, onOptionsChange } = setup({
      jsonData: { exemplarTraceIdDestinations: [{ name: 'a' }, { name: 'b', url: 'https://b' }] },
    });
    await user.click(screen.getByLabelText('Remove trace link 1'));
    expect(links(onOptionsChange.mock.lastCall)).toEqual([{ name: 'b', url: 'https://b' }]);
    expect(screen.getByLabelText('URL')).toHaveValue('https://b');
    await user.click(screen.getByLabelText('Remove trace link 1'));
    expect(onOptionsChange.mock.lastCall?.[0].jsonData).not.toHaveProperty('exemplarTraceIdDestinations');
  });

  it('are read-only if the data source is provisioned', () => {
    setup({ readOnly: true, jsonData: { exemplarTraceIdDestinations: [{ name: 'a', url: 'https://a' }] } });
    expect(screen.getByLabelText('Label')).toBeDisabled();
    expect(screen.getByLabelText('URL')).toBeDisabled();
    expect(screen.queryByText('Add trace link')).not.toBeInTheDocument();
    expect(screen.queryByLabelText('Remove trace link 1')).not.toBeInTheDocument();
  });
});
