import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { NameList } from '../shared/nameList';
import { ModelMetricsQuery } from '../shared/types';
import { CATALOG, CATALOG_PAGE, fakeDataSource, Resources } from '../testing/datasource';
import { QueryHelp } from './QueryHelp';

const EMPTY: ModelMetricsQuery = { refId: 'A', queryType: 'catalog', metric: '' };

function setup(resources: Resources) {
  const { datasource, postResource } = fakeDataSource([], resources);
  const onClickExample = jest.fn<void, [ModelMetricsQuery]>();
  render(<QueryHelp datasource={datasource} query={EMPTY} onClickExample={onClickExample} />);
  return { postResource, onClickExample, user: userEvent.setup() };
}

it('runs a metric with the first values of its required parameters', async () => {
  const { user, onClickExample } = setup({
    catalog: CATALOG_PAGE,
    'catalog/inference_error_ratio/values/model': { values: ['churn', 'fraud'], truncated: false },
  });
  await user.click(await screen.findByRole('button', { name: 'Error ratio' }));
  expect(onClickExample).toHaveBeenCalledWith({
    refId: 'A',
    queryType: 'catalog',
    metric: 'inference_error_ratio',
    params: { model: ['churn'] },
    units: true,
    range: true,
  });
});

it('runs a metric without parameters if Prometheus does not respond', async () => {
  const { user, onClickExample } = setup({ catalog: CATALOG_PAGE });
  await user.click(await screen.findByRole('button', { name: 'Error ratio' }));
  expect(onClickExample).toHaveBeenCalledWith(
    expect.objectContaining({ metric: 'inference_error_ratio', range: true })
  );
});

it('runs only the metric that was clicked last, and shows that its values are loading', async () => {
  const { user, postResource, onClickExample } = setup({ catalog: CATALOG_PAGE });
  const ratio = await screen.findByRole('button', { name: 'Error ratio' });
  let respond = (_: NameList) => {};
  postResource.mockReturnValueOnce(new Promise((resolve) => (respond = resolve)));
  await user.click(ratio);
  expect(screen.getByText(/Loading values…/)).toBeInTheDocument();

  await user.click(screen.getByRole('button', { name: 'Request rate' }));
  await act(async () => respond({ values: ['churn'], truncated: false }));
  expect(screen.queryByText(/Loading values…/)).not.toBeInTheDocument();
  expect(onClickExample.mock.calls).toEqual([[expect.objectContaining({ metric: 'inference_request_rate' })]]);
});

it('shows the results of the backend’s search', async () => {
  const { user } = setup({
    catalog: CATALOG_PAGE,
    'catalog/search': ({ search }: { search: string }) => ({
      metrics: search === 'loaded' ? [CATALOG.metrics[2]] : [],
    }),
  });
  await user.type(await screen.findByLabelText('Search the catalog'), 'loaded');
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Error ratio' })).not.toBeInTheDocument());
  expect(screen.getByRole('button', { name: 'Models' })).toBeInTheDocument();

  await user.type(screen.getByLabelText('Search the catalog'), ' weather');
  expect(await screen.findByText('No metric matches all of these words. Try fewer words.')).toBeInTheDocument();

  await user.clear(screen.getByLabelText('Search the catalog'));
  expect(screen.getByRole('button', { name: 'Error ratio' })).toBeInTheDocument();
});

it('shows the nearest metrics if none matches', async () => {
  const { user } = setup({
    catalog: CATALOG_PAGE,
    'catalog/search': { metrics: [], nearest: ['inference_error_ratio'] },
  });
  await user.type(await screen.findByLabelText('Search the catalog'), 'bad weather');
  const nearest = await screen.findByRole('region', { name: /Nearest metrics:$/ });
  expect(within(nearest).getAllByRole('button')).toHaveLength(1);
  expect(within(nearest).getByRole('button', { name: 'Error ratio' })).toBeInTheDocument();
});

it('shows a few metrics of a large pack, and all on a click', async () => {
  const [ratio] = CATALOG.metrics;
  const many = Array.from({ length: 6 }, (_, nth) => ({ ...ratio, name: `m${nth}`, title: `Metric ${nth}` }));
  const { user } = setup({ catalog: { ...CATALOG, metrics: many, total: many.length } });
  const pack = await screen.findByRole('region', { name: 'Inference server' });
  const metrics = () => within(pack).getAllByRole('button', { name: /^Metric \d$/ });
  expect(metrics()).toHaveLength(4);

  await user.click(within(pack).getByRole('button', { name: 'Show all 6 metrics of Inference server' }));
  expect(metrics()).toHaveLength(6);
});

it('runs an example in PromQL', async () => {
  const { user, onClickExample } = setup({ catalog: CATALOG_PAGE });
  const examples = await screen.findByRole('region', { name: 'PromQL' });
  await user.click(within(examples).getByRole('button', { name: 'Targets that are up, by job' }));
  expect(onClickExample).toHaveBeenCalledWith(
    expect.objectContaining({ queryType: 'promql', expr: 'sum by (job) (up)', range: true })
  );
});

it('shows why the catalog is not loaded', async () => {
  setup({ catalog: new Error('The plugin is restarting.') });
  expect(await screen.findByText('The plugin is restarting.')).toBeInTheDocument();
});
