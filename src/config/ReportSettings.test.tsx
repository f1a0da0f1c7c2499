import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { ModelMetricsOptions } from '../shared/options';
import { ReportOptions } from '../shared/reportOptions';
import { ReportSettings } from './ReportSettings';
import { readReport } from './storedReport';
import { readableSettings } from './settings';

/** Renders the section and opens it. As on the settings page, changes become the next options. */
async function setup(report?: ReportOptions, disabled = false) {
  const stored: { report?: ReportOptions } = { report };
  function Page() {
    const [options, setOptions] = useState<ModelMetricsOptions>({ report });
    return (
      <ReportSettings
        options={options}
        disabled={disabled}
        onChange={(changed) => {
          stored.report = changed.report;
          setOptions({ ...options, ...changed });
        }}
      />
    );
  }
  render(<Page />);
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: /Expand section Endpoint report/i }));
  return { stored, user };
}

it('reserves a section for a role, and ends the reservation', async () => {
  const { stored, user } = await setup({ requestsPerHour: 5 });
  const costs = screen.getByRole('radiogroup', { name: /costs$/i }); // Grafana 13 uses the field's label
  await user.click(screen.getAllByRole('radio', { name: 'Admin' })[2]);
  expect(stored.report).toEqual({ requestsPerHour: 5, roles: { costs: 'Admin' } });
  expect(costs).toBeInTheDocument();
  await user.click(screen.getAllByRole('radio', { name: 'Viewer' })[2]);
  expect(stored.report).toEqual({ requestsPerHour: 5 });
});

it('adds, changes and removes prices of tiers and budgets of endpoints', async () => {
  const { stored, user } = await setup();
  await user.click(screen.getByRole('button', { name: 'Add tier' }));
  expect(stored.report).toBeUndefined();
  await user.type(screen.getByLabelText('Tier 1 name'), 'premium');
  await user.type(screen.getByLabelText('Tier 1 in USD/h'), '1.5');
  await user.click(screen.getByRole('button', { name: 'Add tier' }));
  await user.type(screen.getByLabelText('Tier 2 name'), '*');
  await user.type(screen.getByLabelText('Tier 2 in USD/h'), '0');
  await user.type(screen.getByLabelText('Network: egress'), '0.09');
  await user.click(screen.getByRole('button', { name: 'Add endpoint' }));
  await user.type(screen.getByLabelText('Endpoint 1 name'), 'ep_a');
  await user.type(screen.getByLabelText('Endpoint 1 in USD/month'), '1500');
  expect(stored.report).toEqual({
    prices: { compute: { premium: 1.5, '*': 0 }, network: { egress: 0.09 } },
    budgets: { ep_a: 1500 },
  });
  await user.clear(screen.getByLabelText('Network: egress'));
  await user.click(screen.getByRole('button', { name: 'Remove tier 1' }));
  await user.click(screen.getByRole('button', { name: 'Remove endpoint 1' }));
  expect(stored.report).toEqual({ prices: { compute: { '*': 0 } } });
});

it('marks invalid rows and does not store them', async () => {
  const { stored, user } = await setup({ budgets: { ep_a: 1 } });
  await user.click(screen.getByRole('button', { name: 'Add endpoint' }));
  expect(screen.getByText('Write a name, or * for all others.')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Endpoint 2 name'), 'ep_a');
  expect(screen.getByText('Another row has this name.')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Endpoint 2 in USD/month'), '-1');
  expect(screen.getByText('Write a number from 0 to 1,000,000,000.')).toBeInTheDocument();
  expect(stored.report).toEqual({ budgets: { ep_a: 1 } });
});

it('shows an error for prices without the price of a tier', async () => {
  const { user } = await setup({ prices: { storage: { models: 1 } } });
  expect(screen.getByText(/^Add the price of a tier/)).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Add tier' }));
  await user.type(screen.getByLabelText('Tier 1 name'), '*');
  await user.type(screen.getByLabelText('Tier 1 in USD/h'), '2');
  expect(screen.queryByText(/^Add the price of a tier/)).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Remove tier 1' }));
  expect(screen.getByText(/^Add the price of a tier/)).toBeInTheDocument();
  await user.clear(screen.getByLabelText('Storage: models'));
  expect(screen.queryByText(/^Add the price of a tier/)).not.toBeInTheDocument();
});

it('stores the rate limit, and shows the default if there is none', async () => {
  const { stored, user } = await setup();
  const field = screen.getByLabelText('Requests per hour');
  expect(field).toHaveAttribute('placeholder', '60');
  await user.type(field, '120');
  expect(stored.report).toEqual({ requestsPerHour: 120 });
  await user.clear(field);
  expect(stored.report).toBeUndefined();
});

it('cannot be edited in a provisioned data source', async () => {
  await setup({ roles: { costs: 'Admin' }, prices: { compute: { a: 1 } } }, true);
  expect(screen.getByLabelText('Tier 1 name')).toBeDisabled();
  expect(screen.getByLabelText('Requests per hour')).toBeDisabled();
  expect(screen.queryByRole('button', { name: /^(Add|Remove)/ })).not.toBeInTheDocument();
});

const RESERVED = { performance: 'Admin', usage: 'Admin', costs: 'Admin', resources: 'Admin', errors: 'Admin' };

it.each<[unknown, ReportOptions | undefined]>([
  [undefined, undefined],
  [null, undefined],
  ['', undefined],
  [{}, undefined],
  [7, { roles: RESERVED as ReportOptions['roles'] }],
  [{ roles: 'Admin' }, { roles: RESERVED as ReportOptions['roles'] }],
  [{ roles: { cost: 'Admin' } }, { roles: RESERVED as ReportOptions['roles'] }],
  [{ roles: { costs: 'admin' } }, { roles: RESERVED as ReportOptions['roles'] }],
  [{ roles: { costs: 'Admin', usage: null } }, { roles: { costs: 'Admin' } }],
  [{ requestsPerHour: '30' }, { requestsPerHour: 30 }],
  [
    { prices: { compute: { '*': '0.5', old: '' }, storage: { models: 1 } } },
    { prices: { compute: { '*': 0.5 }, storage: { models: 1 } } },
  ],
  [{ prices: { compute: { '*': -1 } } }, undefined],
  [{ prices: { compute: { '*': 1 }, network: { wires: 1 } } }, undefined],
  [{ prices: { compute: { '*': 1 }, others: {} } }, undefined],
  [{ budgets: { ep_a: 'much' } }, undefined],
])('reads the settings %j', (stored, want) => {
  expect(readReport(stored)).toEqual(want);
});

it('keeps sections reserved if the stored roles are unreadable', () => {
  const stored = { report: { roles: ['costs'], requestsPerHour: 5 } } as unknown as ModelMetricsOptions;
  expect(readableSettings(stored).report).toEqual({ roles: RESERVED, requestsPerHour: 5 });
});
