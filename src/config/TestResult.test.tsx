import { act, render, screen, within } from '@testing-library/react';
import React from 'react';

import { fakeBackendSrv, PendingRequest } from '../testing/backendSrv';
import { fakeDataSource } from '../testing/datasource';
import { HealthDetails } from './health';
import { TestResult } from './TestResult';

const DETAILS: HealthDetails = {
  server: 'Prometheus',
  version: '3.5.0',
  language: 'PromQL',
  method: 'POST',
  exemplars: true,
  warnings: [],
  catalogMetrics: 4,
  packs: [
    { name: 'inference', title: 'Inference server', metrics: 3 },
    { name: 'tango', title: 'TANGO', metrics: 1 },
  ],
  disabledPacks: [],
  unknownPacks: [],
  problems: [],
  access: { rules: 0, problems: [] },
  audit: { endpoint: '', exported: 0, queued: 0, dropped: 0 },
  settings: [],
};

const HINT = /^The test runs a query\./;

let requests: PendingRequest[];

beforeEach(() => (requests = fakeBackendSrv()));

/** Renders the section Test and runs "Save & test" as Grafana does. Returns what Grafana gets from the data source. */
async function saveAndTest(respond: (request: PendingRequest) => void, uid = 'modelmetrics') {
  render(<TestResult uid={uid} />);
  const { datasource } = fakeDataSource();
  let result: unknown;
  await act(async () => {
    const test = datasource.testDatasource().catch((error: unknown) => error);
    respond(requests[0]);
    result = await test;
  });
  return result;
}

const lines = () =>
  within(screen.getByRole('list', { name: 'Test result' }))
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent);

it('describes the test before it runs', () => {
  render(<TestResult uid="modelmetrics" />);
  expect(within(screen.getByRole('status')).getByText(HINT)).toBeInTheDocument();
});

it('shows the details of a healthy data source', async () => {
  const result = await saveAndTest(({ respond }) => respond({ status: 'OK', message: 'Fine.', details: DETAILS }));
  expect(result).toMatchObject({ status: 'success', message: 'Fine.' });
  expect(lines()).toEqual([
    'Server: Prometheus 3.5.0',
    'Query language: PromQL',
    'HTTP method: POST',
    'Exemplars: yes',
    'Catalog: 4 metrics',
    'Packs: Inference server (3), TANGO (1)',
  ]);
  expect(screen.getByRole('status')).toContainElement(screen.getByRole('list'));
});

it('shows disabled packs and counts the problems of user packs', async () => {
  const problem = { pack: 'mine', metric: 'p99', field: 'query', line: 12, text: 'no such family' };
  const details = {
    ...DETAILS,
    exemplars: false,
    disabledPacks: [{ name: 'lango', title: 'Lango', metrics: 31 }],
    unknownPacks: ['bakery'],
    problems: [problem, { ...problem, line: 14 }, { ...problem, line: 14, field: 'unit' }],
  };
  const refused = { status: 400, data: { status: 'ERROR', message: 'Faulty.', details }, config: {} };
  const result = await saveAndTest(({ fail }) => fail(refused));
  expect(result).toMatchObject({ status: 'error', message: 'Faulty.' });
  expect(lines().slice(3)).toEqual([
    'Exemplars: no',
    'Catalog: 4 metrics',
    'Packs: Inference server (3), TANGO (1)',
    'Disabled packs: Lango (31)',
    'Disabled packs that are not in this version of the plugin: bakery',
    'User metrics: 3 problems, in lines 12, 14. See the section User metrics.',
  ]);
});

it('shows each setting whose stored value is not used', async () => {
  const settings = [{ setting: 'timeInterval', text: 'The scrape interval can’t be "often".' }];
  await saveAndTest(({ respond }) => respond({ status: 'ERROR', message: 'Odd.', details: { ...DETAILS, settings } }));
  expect(lines().at(-1)).toBe('The scrape interval can’t be "often".');
});

it.each([
  [
    [{ pack: '', metric: '', field: '', line: 0, text: 'too long' }],
    'User metrics: 1 problem. See the section User metrics.',
  ],
  [
    [{ pack: '', metric: '', field: '', line: 3, text: 'no YAML' }],
    'User metrics: 1 problem, in line 3. See the section User metrics.',
  ],
])('counts problems with and without a line', async (problems, line) => {
  await saveAndTest(({ respond }) =>
    respond({ status: 'ERROR', message: 'Faulty.', details: { ...DETAILS, problems } })
  );
  expect(lines().at(-1)).toBe(line);
});

it('shows the access rules and the export of the audit log', async () => {
  const details = {
    ...DETAILS,
    access: { rules: 3, problems: [] },
    audit: { endpoint: 'collector:4318', exported: 1200, queued: 3, dropped: 0, problem: 'connection refused' },
  };
  await saveAndTest(({ respond }) => respond({ status: 'OK', message: 'Fine.', details }));
  expect(lines().slice(-2)).toEqual([
    'Access rules: 3',
    'Audit log: 1,200 decisions sent to collector:4318, 3 waiting, 0 dropped. The last request failed: connection refused',
  ]);
});

it('counts the problems of access rules', async () => {
  const problem = { line: 2, column: 5, path: 'rules[0].when', text: 'unknown key' };
  const details = { ...DETAILS, access: { rules: 0, problems: [problem, { ...problem, line: 7 }] } };
  await saveAndTest(({ respond }) => respond({ status: 'ERROR', message: 'Faulty.', details }));
  expect(lines().at(-1)).toBe('Access rules: 2 problems, in lines 2, 7. See the section Access and policy.');
});

it('shows warnings of the server', async () => {
  const details = { ...DETAILS, warnings: ['store-1 is down'] };
  await saveAndTest(({ respond }) => respond({ status: 'OK', message: 'Fine.', details }));
  expect(lines().slice(3, 5)).toEqual(['Exemplars: yes', 'Warning: store-1 is down']);
});

it('shows the catalog if the server did not respond', async () => {
  const { server, version, language, method, ...details } = DETAILS;
  await saveAndTest(({ respond }) => respond({ status: 'ERROR', message: 'Refused.', details }));
  expect(lines()).toEqual([
    'The test query failed.',
    'Catalog: 4 metrics',
    'Packs: Inference server (3), TANGO (1)',
  ]);
});

it.each([
  ['of another data source', 'second', DETAILS],
  ['that did not reach the backend', 'modelmetrics', { error: 'plugin unavailable' }],
  ['without details', 'modelmetrics', undefined],
])('does not show a result %s', async (_, uid, details) => {
  await saveAndTest(({ respond }) => respond({ status: 'OK', message: 'Fine.', details }), uid);
  expect(screen.getByText(HINT)).toBeInTheDocument();
});
