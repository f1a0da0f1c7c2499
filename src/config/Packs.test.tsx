import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { ModelMetricsOptions } from '../shared/options';
import { fakeBackendSrv, PendingRequest } from '../testing/backendSrv';
import { CATALOG } from '../testing/datasource';
import { BuiltInPack } from './packs';
import { Packs } from './Packs';

const PACKS: BuiltInPack[] = [
  { name: 'inference', title: 'Inference server', owner: 'inference-team', metrics: CATALOG.metrics },
  { name: 'tango', title: 'TANGO', owner: 'tango-team', metrics: CATALOG.metrics.slice(0, 1) },
];

let requests: PendingRequest[];

beforeEach(() => (requests = fakeBackendSrv()));

/** Renders the section as the settings page does, with its packs loaded. */
async function setup(first: ModelMetricsOptions = {}, readOnly = false) {
  const onChange = jest.fn<void, [Partial<ModelMetricsOptions>]>();
  function Page() {
    const [options, setOptions] = useState(first);
    const change = (changed: Partial<ModelMetricsOptions>) => {
      onChange(changed);
      setOptions({ ...options, ...changed });
    };
    return <Packs uid="mine" options={options} disabled={readOnly} onChange={change} />;
  }
  render(<Page />);
  await act(async () => requests[0].respond({ packs: PACKS }));
  return { onChange, user: userEvent.setup() };
}

const pack = (title: string) => screen.getByLabelText(`Pack ${title}`);

it('lists the packs with their owners and the number of their metrics', async () => {
  await setup();
  expect(requests[0].request.url).toBe('/api/datasources/uid/mine/resources/catalog/packs');
  const rows = within(screen.getByRole('list', { name: 'Packs' })).getAllByRole('listitem');
  expect(rows.map(({ textContent }) => textContent)).toEqual([
    'Inference serverinference-team · 3 metrics',
    'TANGOtango-team · 1 metric',
  ]);
  expect(pack('TANGO')).toBeChecked();
  expect(screen.getByText('4 of 4 metrics are enabled.')).toBeInTheDocument();
});

it('shows a pack’s metrics when it is expanded', async () => {
  const { user } = await setup();
  const button = screen.getByRole('button', { name: 'TANGO' });
  expect(button).toHaveAttribute('aria-expanded', 'false');
  expect(screen.queryByRole('table')).not.toBeInTheDocument();
  await user.click(button);
  expect(button).toHaveAttribute('aria-expanded', 'true');
  const cells = within(screen.getByRole('table')).getAllByRole('cell');
  expect(cells.map(({ textContent }) => textContent)).toEqual([
    'inference_error_ratio',
    'Error ratio',
    'Percent (0.0-1.0)',
    'Failed requests over all requests.',
  ]);
});

it('disables and enables a pack, without a key if none is disabled', async () => {
  const { user, onChange } = await setup();
  await user.click(pack('TANGO'));
  expect(onChange).toHaveBeenLastCalledWith({ disabledPacks: ['tango'] });
  expect(pack('TANGO')).not.toBeChecked();
  expect(screen.getByText('3 of 4 metrics are enabled.')).toBeInTheDocument();
  await user.click(pack('TANGO'));
  expect(onChange).toHaveBeenLastCalledWith({ disabledPacks: undefined });
});

it('keeps and shows a disabled pack that this version of the plugin doesn’t have', async () => {
  const { user, onChange } = await setup({ disabledPacks: ['bakery'] });
  expect(screen.getByText(/Also disabled, but not in this version of the plugin: bakery\.$/)).toBeInTheDocument();
  await user.click(pack('TANGO'));
  expect(onChange).toHaveBeenLastCalledWith({ disabledPacks: ['bakery', 'tango'] });
});

it('is read-only if the data source is provisioned', async () => {
  const { user } = await setup({ disabledPacks: ['tango'] }, true);
  expect(pack('TANGO')).toBeDisabled();
  await user.click(screen.getByRole('button', { name: 'TANGO' }));
  expect(screen.getByRole('table')).toBeInTheDocument();
});

it('can retry if the packs could not be loaded', async () => {
  render(<Packs uid="mine" options={{}} disabled={false} onChange={jest.fn()} />);
  expect(screen.getByText('Loading packs…')).toBeInTheDocument();
  await act(async () => requests[0].fail({ status: 503, data: { message: 'Plugin unavailable' }, config: {} }));
  const alert = screen.getByLabelText('The packs could not be loaded');
  expect(alert).toHaveTextContent("Plugin unavailable. Try again. If the error persists, see Grafana's log.");
  await userEvent.click(within(alert).getByText('Try again'));
  await act(async () => requests[1].respond({ packs: PACKS }));
  expect(pack('TANGO')).toBeChecked();
});
