import { DataSourceSettings } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { ModelMetricsOptions } from '../types';
import { ConfigEditor } from './ConfigEditor';

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

/** The editor as the settings page holds it: a change comes back as the next options. */
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
  expect(screen.getByText('Authentication')).toBeInTheDocument();
  expect(screen.getByText('TLS settings')).toBeInTheDocument();
  expect(screen.getByText('HTTP headers')).toBeInTheDocument();
  expect(screen.getByLabelText('Scrape interval')).toHaveValue('15s');
});

it('stores durations, and says when one is none', async () => {
  const { user, onOptionsChange } = setup();
  await user.type(screen.getByLabelText('Query timeout'), '1m30');
  expect(screen.getByText('Write a duration such as 15s or 1m30s.')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Query timeout'), 's');
  expect(screen.queryByText('Write a duration such as 15s or 1m30s.')).not.toBeInTheDocument();
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).toMatchObject({ timeInterval: '15s', queryTimeout: '1m30s' });

  await user.clear(screen.getByLabelText('Scrape interval'));
  expect(onOptionsChange.mock.lastCall?.[0].jsonData.timeInterval).toBeUndefined();
});

it('forgets a timeout that is cleared', async () => {
  const { user, onOptionsChange } = setup();
  await user.click(screen.getByLabelText('Expand section Advanced settings'));
  await user.clear(screen.getByLabelText('Timeout in seconds'));
  expect(onOptionsChange.mock.lastCall?.[0].jsonData).toEqual({ timeInterval: '15s' });
});

it('can’t be changed where it is provisioned', () => {
  setup({ readOnly: true });
  expect(screen.getByDisplayValue('http://prometheus:9090')).toBeDisabled();
  expect(screen.getByLabelText('Scrape interval')).toBeDisabled();
  expect(screen.getByLabelText('Query timeout')).toBeDisabled();
});
