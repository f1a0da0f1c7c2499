import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent, { UserEvent } from '@testing-library/user-event';
import React, { useState } from 'react';

import { VariableQuery } from '../shared/types';
import { CATALOG_PAGE, fakeDataSource, Resources } from '../testing/datasource';
import { VariableQueryEditor } from './VariableQueryEditor';

// Uses the plain field, as if the code editor could not be loaded.
jest.mock('../code/CodeField', () => {
  throw new Error('Loading chunk promql failed.');
});

/** Renders the editor as the dashboard's settings do: onChange sets the next query. */
function setup(first: unknown, resources: Resources = {}) {
  const { datasource, getResource } = fakeDataSource([{ name: 'tenant', value: 'acme' }], {
    catalog: CATALOG_PAGE,
    'api/v1/labels': { data: ['job', 'tenant'] },
    'api/v1/label/__name__/values': { data: ['up', 'queries_total'] },
    'api/v1/label/tenant/values': { data: ['acme', 'globex'] },
    ...resources,
  });
  const onChange = jest.fn<void, [VariableQuery]>();
  function Settings() {
    const [query, setQuery] = useState(first as VariableQuery);
    const change = (next: VariableQuery) => {
      onChange(next);
      setQuery(next);
    };
    return <VariableQueryEditor datasource={datasource} query={query} onChange={change} onRunQuery={jest.fn()} />;
  }
  render(<Settings />);
  return { onChange, getResource, user: userEvent.setup() };
}

it('stores the query with a refId and a text', async () => {
  const { user, onChange } = setup('');
  await user.click(await screen.findByLabelText('Label'));
  await user.click(await screen.findByText('job'));
  await user.click(screen.getByLabelText(/^Metric/));
  await user.click(await screen.findByText('queries_total'));
  expect(onChange).toHaveBeenLastCalledWith({
    refId: 'variable',
    queryType: 'labelValues',
    label: 'job',
    metric: 'queries_total',
    query: 'label_values(queries_total, job)',
  });
});

it('loads the labels of a metric whose name needs quotes', async () => {
  const { getResource } = setup({ refId: 'v', queryType: 'labelValues', label: 'job', metric: 'my.metric', query: '' });
  await screen.findByText('my.metric');
  expect(getResource).toHaveBeenCalledWith(
    'api/v1/labels',
    { limit: 1000, 'match[]': '{"my.metric"}' },
    expect.anything()
  );
});

it('filters by another variable', async () => {
  const { user, onChange } = setup({
    refId: 'job',
    queryType: 'labelValues',
    label: 'job',
    query: 'label_values(job)',
  });
  await user.click(await screen.findByLabelText(/Add filter/));
  await user.click(await screen.findByText('tenant'));
  await user.click(screen.getByLabelText('tenant'));
  await user.click(await screen.findByText('$tenant'));
  expect(onChange).toHaveBeenLastCalledWith(
    expect.objectContaining({
      refId: 'job',
      params: { tenant: ['$tenant'] },
      query: 'label_values({tenant=~"$tenant"}, job)',
    })
  );
});

it.each([
  [undefined, '{__name__!="", job!="api"}'],
  ['up', 'up{job!="api"}'],
])('lists the values that match the other filters and the metric %p', async (metric, selector) => {
  const { user, getResource } = setup({
    refId: 'a',
    queryType: 'labelValues',
    label: 'instance',
    metric,
    params: { tenant: [], job: { op: '!=', values: ['api'] } },
    query: '',
  });
  await user.click(await screen.findByLabelText('tenant'));
  await user.click(await screen.findByText('globex'));
  expect(getResource).toHaveBeenCalledWith(
    'api/v1/label/tenant/values',
    { limit: 1000, 'match[]': selector },
    { showErrorAlert: false }
  );
});

it('stores an expression', async () => {
  const { user, onChange } = setup({ refId: 'a', queryType: 'queryResult', expr: '', query: 'query_result()' });
  await user.click(screen.getByRole('textbox', { name: 'PromQL' }));
  await user.paste('up == 0');
  await user.tab();
  expect(onChange).toHaveBeenLastCalledWith(
    expect.objectContaining({ expr: 'up == 0', query: 'query_result(up == 0)' })
  );
});

it('stores a catalog metric and its parameter', async () => {
  const { user, onChange } = setup({ refId: 'model', queryType: 'paramValues', metric: '', param: '', query: '' });
  await user.click(await screen.findByLabelText('Metric'));
  await user.click(await screen.findByText('Error ratio'));
  await user.click(screen.getByLabelText('Parameter'));
  await user.click(await screen.findByText('model'));
  expect(onChange).toHaveBeenLastCalledWith({
    refId: 'model',
    queryType: 'paramValues',
    metric: 'inference_error_ratio',
    param: 'model',
    params: {},
    query: 'param_values(inference_error_ratio, model)',
  });
});

it('shows that the catalog does not have a metric', async () => {
  setup({ refId: 'model', queryType: 'paramValues', metric: 'gone', param: 'model', query: '' });
  expect(await screen.findByText('no resource catalog/preview')).toBeInTheDocument();
});

describe('a filter', () => {
  const filtered = {
    refId: 'job',
    queryType: 'labelValues',
    label: 'job',
    metric: 'up',
    params: { job: ['$job'], tenant: ['acme'] },
  };

  it('searches the values if the list is truncated', async () => {
    const { user, getResource } = setup(filtered);
    const field = await screen.findByLabelText('tenant');
    getResource.mockResolvedValueOnce({ data: ['acme'], warnings: ['results truncated due to limit'] });
    await user.click(field);
    await user.keyboard('glo');
    await waitFor(() =>
      expect(getResource).toHaveBeenLastCalledWith(
        'api/v1/label/tenant/values',
        { limit: 1000, 'match[]': 'up{job=~"$job", tenant=~"(?i:.*glo.*)"}' },
        expect.anything()
      )
    );
  });

  it('stays when it is cleared, and can be removed', async () => {
    const { user, onChange } = setup(filtered);
    await user.click(await screen.findByLabelText('tenant'));
    await user.keyboard('{Backspace}');
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ query: 'label_values(up{job=~"$job"}, job)' }));
    await user.click(screen.getByRole('button', { name: 'Remove filter tenant' }));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ params: { job: ['$job'] } }));
    expect(screen.queryByLabelText('tenant')).not.toBeInTheDocument();
  });
});

it('selects the ids of endpoints if the user chooses Endpoints', async () => {
  const { user, onChange } = setup('');
  await user.click(await screen.findByLabelText('Query type'));
  await user.click(await screen.findByText('Endpoints'));
  expect(onChange).toHaveBeenLastCalledWith({
    refId: 'variable',
    queryType: 'labelValues',
    label: 'endpoint_id',
    metric: 'tensorone_endpoint_info',
    query: 'label_values(tensorone_endpoint_info, endpoint_id)',
  });
  expect(screen.getByText('tensorone_endpoint_info')).toBeInTheDocument();
});

describe('a list', () => {
  const TRUNCATED = ['results truncated due to limit'];
  const stored = { refId: 'job', queryType: 'labelValues', label: 'job', query: 'label_values(job)' };

  it('of metrics has a hint if it is truncated, and typing searches for other metrics', async () => {
    const { user, getResource } = setup(stored, {
      'api/v1/label/__name__/values': { data: ['up'], warnings: TRUNCATED },
    });
    await user.click(screen.getByLabelText(/^Metric/));
    expect(
      await screen.findByText('Only the first 1 are listed. Type a part of a name to find others.')
    ).toBeInTheDocument();
    await user.keyboard('que');
    await waitFor(() =>
      expect(getResource).toHaveBeenLastCalledWith(
        'api/v1/label/__name__/values',
        { limit: 1000, 'match[]': '{__name__!="", __name__=~"(?i:.*que.*)"}' },
        expect.anything()
      )
    );
  });

  it('of labels has a hint if it is truncated, in a disabled option', async () => {
    const { user, onChange } = setup(stored, { 'api/v1/labels': { data: ['job', 'tenant'], warnings: TRUNCATED } });
    await user.click(screen.getByLabelText('Label'));
    await user.click(await screen.findByText('Only the first 2 are listed. Type a name to use another one.'));
    expect(onChange).not.toHaveBeenCalled();
  });

  it('ends with the warnings of the server', async () => {
    const { user } = setup(stored, { 'api/v1/labels': { data: ['job'], warnings: ['store-1 is down'] } });
    await user.click(screen.getByLabelText('Label'));
    expect(await screen.findByText('store-1 is down')).toBeInTheDocument();
    expect(screen.queryByText(/^Only the first/)).not.toBeInTheDocument();
  });

  it('of a filter’s values ends with the warnings of the server', async () => {
    const { user } = setup(
      { ...stored, params: { tenant: [] } },
      { 'api/v1/label/tenant/values': { data: [], warnings: ['store-1 is down'] } }
    );
    await user.click(await screen.findByLabelText('tenant'));
    expect(await screen.findByText('store-1 is down')).toBeInTheDocument();
    expect(screen.getByText(/^No values match/)).toBeInTheDocument();
  });
});

describe('the query type', () => {
  const stored = { refId: 'job', queryType: 'labelValues', label: 'job', metric: 'up', query: 'label_values(up, job)' };
  const choose = async (user: UserEvent, type: string) => {
    await user.click(screen.getByLabelText('Query type'));
    await user.click(within(await screen.findByLabelText('Select options menu')).getByText(type));
  };

  it('changes nothing if it is selected again', async () => {
    const { user, onChange } = setup(stored);
    await choose(user, 'Label values');
    expect(onChange).not.toHaveBeenCalled();
  });

  it('restores the query when the user switches back', async () => {
    const { user, onChange } = setup(stored);
    await choose(user, 'Catalog metrics');
    expect(onChange).toHaveBeenLastCalledWith({
      refId: 'job',
      queryType: 'catalogMetrics',
      query: 'catalog_metrics()',
    });
    await choose(user, 'Label values');
    expect(onChange).toHaveBeenLastCalledWith(stored);
  });

  it('restores the query when the user switches back from endpoints', async () => {
    const { user, onChange } = setup({
      refId: 'names',
      queryType: 'metricNames',
      regex: '^go_',
      query: 'metrics(^go_)',
    });
    await choose(user, 'Endpoints');
    await choose(user, 'Metric names');
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ queryType: 'metricNames', regex: '^go_' }));
  });
});
