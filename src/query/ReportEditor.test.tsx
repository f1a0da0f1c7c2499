import { CoreApp, getDefaultTimeRange, LoadingState } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { ReportOptions } from '../shared/report';
import { ModelMetricsQuery, ReportQuery } from '../shared/types';
import { CATALOG_PAGE, fakeDataSource, PREVIEW, Resources } from '../testing/datasource';
import { QueryEditor } from './QueryEditor';

jest.mock('../code/CodeField', () => {
  throw new Error('Loading chunk promql failed.');
});

const REPORT: ReportOptions = {
  sections: [
    { path: 'summary', title: 'Summary', kind: 'object', unit: '', fields: ['successRate'] },
    { path: 'summary.successRate', title: 'Success rate', kind: 'number', unit: 'percent', fields: [] },
    { path: 'costs', title: 'Costs', kind: 'object', unit: '', fields: ['breakdown'] },
    { path: 'costs.breakdown', title: 'Cost breakdown', kind: 'parts', unit: '', fields: ['compute', 'storage'] },
    { path: 'costs.timeSeries.cost', title: 'Cost', kind: 'number', unit: 'currencyUSD', fields: [] },
  ],
  timeframes: [
    { name: '1h', granularities: ['1m', '15m'], default: '15m' },
    { name: '24h', granularities: ['15m', '1h'], default: '15m' },
    { name: '30d', granularities: ['1h', '1d'], default: '1h' },
  ],
  aggregations: ['avg', 'p95'],
};

const RESOURCES: Resources = {
  catalog: CATALOG_PAGE,
  'catalog/preview': PREVIEW,
  'catalog/report': REPORT,
  'api/v1/label/endpoint_id/values': { data: ['ep_1', 'ep_2'] },
};

const query: ReportQuery = {
  refId: 'A',
  queryType: 'report',
  endpointIds: ['ep_1'],
  section: 'summary.successRate',
};

function setup(first: ModelMetricsQuery, resources: Resources = RESOURCES, app = CoreApp.PanelEditor) {
  const { datasource, getResource } = fakeDataSource([{ name: 'endpoint', value: ['ep_1'] }], resources);
  const onChange = jest.fn<void, [ModelMetricsQuery]>();
  const onRunQuery = jest.fn();
  function Panel() {
    const [current, setCurrent] = useState(first);
    return (
      <QueryEditor
        app={app}
        datasource={datasource}
        query={current}
        data={{ state: LoadingState.Done, series: [], timeRange: getDefaultTimeRange() }}
        onChange={(next) => {
          onChange(next);
          setCurrent(next);
        }}
        onRunQuery={onRunQuery}
      />
    );
  }
  render(<Panel />);
  return { onChange, onRunQuery, getResource, user: userEvent.setup() };
}

describe('a report query', () => {
  it('lists the endpoints in Prometheus', async () => {
    const { user, onChange, onRunQuery, getResource } = setup({ ...query, endpointIds: [] });
    expect(await screen.findByText('Select an endpoint.')).toBeInTheDocument();
    await user.click(screen.getByLabelText('Endpoints'));
    await user.click(await screen.findByText('ep_2'));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, endpointIds: ['ep_2'] });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.queryByText('Select an endpoint.')).not.toBeInTheDocument();
    expect(getResource).toHaveBeenCalledWith(
      'api/v1/label/endpoint_id/values',
      { limit: 1000, 'match[]': 'tensorone_endpoint_info' },
      expect.anything()
    );
  });

  it('accepts a dashboard variable as its endpoints', async () => {
    const { user, onChange } = setup({ ...query, endpointIds: [] });
    await user.click(await screen.findByLabelText('Endpoints'));
    await user.click(await screen.findByText('$endpoint'));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, endpointIds: ['$endpoint'] });
  });

  it.each(['breakdown', 'COSTS table', 'storage'])('finds its section by the words %j', async (text) => {
    const { user, onChange } = setup(query);
    await user.click(await screen.findByLabelText('Section'));
    await user.keyboard(text);
    expect(screen.queryByText('Summary', { selector: '[role=option] *' })).not.toBeInTheDocument();
    await user.click(await screen.findByText('Cost breakdown'));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, section: 'costs.breakdown' });
    expect(screen.getByText('Cost breakdown (costs.breakdown)')).toBeInTheDocument();
  });

  it('shows that the report does not have a section', async () => {
    setup({ ...query, section: 'costs.gone' });
    expect(await screen.findByText('The report has no section costs.gone.')).toBeInTheDocument();
  });

  it('drops a granularity that a timeframe does not allow', async () => {
    const { user, onChange } = setup({ ...query, granularity: '15m' });
    await screen.findByText('Success rate (summary.successRate)');
    await user.click(screen.getByLabelText('Timeframe'));
    await user.click(await screen.findByText('30d'));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, timeframe: '30d', granularity: undefined });

    await user.click(screen.getByLabelText('Granularity'));
    expect(screen.queryByText('15m')).not.toBeInTheDocument();
    await user.click(await screen.findByText('1d'));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, timeframe: '30d', granularity: '1d' });
  });

  it('can follow the time range', async () => {
    const { user, onChange } = setup(query);
    await user.click(await screen.findByLabelText('Timeframe'));
    await user.click(await screen.findByText('Covers the time range'));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, timeframe: 'auto' });
  });

  it('stores the aggregation unless it is the default', async () => {
    const { user, onChange } = setup(query);
    await user.click(await screen.findByRole('button', { name: 'Options' }));
    await user.click(screen.getByLabelText('Aggregation'));
    await user.click(await screen.findByText('p95'));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, aggregation: 'p95' });
    await user.click(screen.getByLabelText('Aggregation'));
    await user.click(await screen.findByText('avg', { selector: '[role=option] *' }));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, aggregation: undefined });
  });

  it('opens as other programs store it', async () => {
    setup({ ...query, endpointIds: 'ep_1, ep_2', timeframe: null } as unknown as ModelMetricsQuery);
    expect(await screen.findByText('ep_2')).toBeInTheDocument();
    expect(screen.getByText('24h')).toBeInTheDocument();
  });

  it('shows why the sections are not loaded, and can retry', async () => {
    const resources: Resources = { ...RESOURCES, 'catalog/report': new Error('The plugin is restarting.') };
    const { user } = setup(query, resources);
    expect(await screen.findByText('The plugin is restarting.')).toBeInTheDocument();
    resources['catalog/report'] = REPORT;
    await user.click(screen.getByText('Try again'));
    expect(await screen.findByLabelText('Section')).toBeInTheDocument();
  });

  it('keeps the fields of the other languages', async () => {
    const { user, onChange } = setup({
      refId: 'A',
      queryType: 'promql',
      expr: 'up',
      legendFormat: '__auto',
    });
    await user.click(screen.getByLabelText('Report'));
    expect(onChange).toHaveBeenLastCalledWith(
      expect.objectContaining({
        queryType: 'report',
        endpointIds: [],
        section: '',
        expr: 'up',
        legendFormat: undefined,
      })
    );
    await user.click(await screen.findByLabelText('Endpoints'));
    await user.click(await screen.findByText('ep_1'));
    await user.click(screen.getByLabelText('PromQL'));
    expect(screen.getByDisplayValue('up')).toBeInTheDocument();
    await user.click(screen.getByLabelText('Report'));
    expect(await screen.findByText('ep_1')).toBeInTheDocument();
  });

  it('of an alert rule runs when it is complete, and shows a warning about variables', async () => {
    const { user, onRunQuery } = setup(
      { ...query, endpointIds: ['$endpoint'], section: '' },
      RESOURCES,
      CoreApp.UnifiedAlerting
    );
    expect(await screen.findByText(/can't use dashboard variables: \$endpoint is not replaced/)).toBeInTheDocument();
    await user.click(await screen.findByLabelText('Timeframe'));
    await user.click(await screen.findByText('1h'));
    expect(onRunQuery).not.toHaveBeenCalled();
    await user.click(screen.getByLabelText('Section'));
    await user.click(await screen.findByText('Success rate'));
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });
});
