import { act, render, screen, within } from '@testing-library/react';
import React from 'react';

import { Findings } from './health';
import { Asked, fakeBackendSrv } from '../testing/backendSrv';
import { fakeDataSource } from '../testing/datasource';
import { TestFindings } from './TestResult';

const FINDINGS: Findings = {
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
  settings: [],
};

const HINT = /^Testing asks for a value/;

let asked: Asked[];

beforeEach(() => (asked = fakeBackendSrv()));

/** Tests a data source as Grafana does, beside the settings page of one. */
async function test(answer: (asked: Asked) => void, shown = 'modelmetrics') {
  render(<TestFindings uid={shown} />);
  const { datasource } = fakeDataSource();
  let said: unknown;
  await act(async () => {
    const tested = datasource.testDatasource().catch((error: unknown) => error);
    answer(asked[0]);
    said = await tested;
  });
  return said;
}

const facts = () =>
  within(screen.getByRole('list', { name: 'Found by the test' }))
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent);

it('says before a test what it is for', () => {
  render(<TestFindings uid="modelmetrics" />);
  expect(within(screen.getByRole('status')).getByText(HINT)).toBeInTheDocument();
});

it('shows what a healthy data source is', async () => {
  const said = await test(({ answer }) => answer({ status: 'OK', message: 'Fine.', details: FINDINGS }));
  expect(said).toMatchObject({ status: 'success', message: 'Fine.' });
  expect(facts()).toEqual([
    'Server: Prometheus 3.5.0',
    'Query language: PromQL',
    'Queries are sent by: POST',
    'Exemplars: yes',
    'Catalog: 4 metrics',
    'Packs: Inference server (3), TANGO (1)',
  ]);
  expect(screen.getByRole('status')).toContainElement(screen.getByRole('list'));
});

it('shows what is turned off, and leads to the problems of own packs', async () => {
  const problem = { pack: 'mine', metric: 'p99', field: 'query', line: 12, text: 'no such family' };
  const details = {
    ...FINDINGS,
    exemplars: false,
    disabledPacks: [{ name: 'lango', title: 'Lango', metrics: 31 }],
    unknownPacks: ['bakery'],
    problems: [problem, { ...problem, line: 14 }, { ...problem, line: 14, field: 'unit' }],
  };
  const refused = { status: 400, data: { status: 'ERROR', message: 'Faulty.', details }, config: {} };
  const said = await test(({ fail }) => fail(refused));
  expect(said).toMatchObject({ status: 'error', message: 'Faulty.' });
  expect(facts().slice(3)).toEqual([
    'Exemplars: no',
    'Catalog: 4 metrics',
    'Packs: Inference server (3), TANGO (1)',
    'Turned off: Lango (31)',
    'To be turned off, but not in this version of the plugin: bakery',
    'Problems of own metrics: 3, in lines 12, 14. They are listed there.',
  ]);
});

it('shows each setting that is not used as it is stored', async () => {
  const settings = [{ setting: 'timeInterval', text: 'The scrape interval can’t be "often".' }];
  await test(({ answer }) => answer({ status: 'ERROR', message: 'Odd.', details: { ...FINDINGS, settings } }));
  expect(facts().at(-1)).toBe('The scrape interval can’t be "often".');
});

it.each([
  [
    [{ pack: '', metric: '', field: '', line: 0, text: 'too long' }],
    'Problems of own metrics: 1. They are listed there.',
  ],
  [
    [{ pack: '', metric: '', field: '', line: 3, text: 'no YAML' }],
    'Problems of own metrics: 1, in line 3. They are listed there.',
  ],
])('counts problems with and without a line', async (problems, says) => {
  await test(({ answer }) => answer({ status: 'ERROR', message: 'Faulty.', details: { ...FINDINGS, problems } }));
  expect(facts().at(-1)).toBe(says);
});

it('shows what the server warns of', async () => {
  const details = { ...FINDINGS, warnings: ['store-1 is down'] };
  await test(({ answer }) => answer({ status: 'OK', message: 'Fine.', details }));
  expect(facts().slice(3, 5)).toEqual(['Exemplars: yes', 'Warning: store-1 is down']);
});

it('shows the catalog where no server answered', async () => {
  const { server, version, language, method, ...details } = FINDINGS;
  await test(({ answer }) => answer({ status: 'ERROR', message: 'Refused.', details }));
  expect(facts()).toEqual(['No server answered.', 'Catalog: 4 metrics', 'Packs: Inference server (3), TANGO (1)']);
});

it.each([
  ['of another data source', 'second', FINDINGS],
  ['that the backend did not make', 'modelmetrics', { error: 'plugin unavailable' }],
  ['without details', 'modelmetrics', undefined],
])('shows nothing of a test %s', async (_, shown, details) => {
  await test(({ answer }) => answer({ status: 'OK', message: 'Fine.', details }), shown);
  expect(screen.getByText(HINT)).toBeInTheDocument();
});
