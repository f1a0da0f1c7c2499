import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { CatalogMetric } from '../shared/catalog';
import { CatalogQuery } from '../shared/types';
import { CATALOG, CATALOG_PAGE, fakeDataSource, PREVIEW, Resources } from '../testing/datasource';
import { FakeVariable } from '../testing/templateSrv';
import { CatalogEditor } from './CatalogEditor';

const VALUES = { values: ['acme', 'globex'], truncated: false };
const RESOURCES: Resources = {
  catalog: CATALOG_PAGE,
  'catalog/preview': PREVIEW,
  'catalog/inference_request_rate/values/tenant': VALUES,
  'catalog/inference_error_ratio/values/model': { values: ['churn', 'fraud'], truncated: false },
  'catalog/inference_error_ratio/values/tenant': VALUES,
};
const QUERY: CatalogQuery = { refId: 'A', queryType: 'catalog', metric: '', range: true };
const RATE: CatalogQuery = { ...QUERY, metric: 'inference_request_rate' };

/** Renders the editor as a panel does: onChange sets the next query. */
function setup(
  first: CatalogQuery,
  { resources = RESOURCES, variables }: { resources?: Resources; variables?: FakeVariable[] } = {}
) {
  const { datasource, getResource, postResource } = fakeDataSource(variables, resources);
  const onChange = jest.fn<void, [CatalogQuery]>();
  const onContinue = jest.fn<void, [string, string | undefined]>();
  function Panel() {
    const [query, setQuery] = useState(first);
    const change = (next: CatalogQuery) => {
      onChange(next);
      setQuery(next);
    };
    return (
      <CatalogEditor datasource={datasource} query={query} forAlert={false} onChange={change} onContinue={onContinue} />
    );
  }
  render(<Panel />);
  return { onChange, onContinue, getResource, postResource, user: userEvent.setup() };
}

it('contains the metric’s unit if the user turns it on', async () => {
  const { user, onChange } = setup(RATE);
  expect(await screen.findByText('Units: from the panel')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Options' }));
  await user.click(screen.getByLabelText('Units from the catalog'));
  expect(onChange).toHaveBeenLastCalledWith({ ...RATE, units: true });
  await user.click(screen.getByLabelText('Units from the catalog'));
  expect(onChange).toHaveBeenLastCalledWith({ ...RATE, units: false });
  await user.click(screen.getByLabelText('Units from the catalog'));
  await user.click(screen.getByRole('button', { name: 'Options' }));
  expect(screen.getByText('Units: from the catalog')).toBeInTheDocument();
});

/** The options of an open menu. */
const menu = async () => within(await screen.findByLabelText('Select options menu'));

/** The titles of the metrics in the open menu. */
const titles = () =>
  screen.queryAllByRole('option').map((option) => TITLES.find((title) => option.textContent?.startsWith(title)));

const TITLES = CATALOG.metrics.map(({ title }) => title);

/** Returns resources in which every search finds the given metrics. */
const found = (...metrics: CatalogMetric[]): Resources => ({ ...RESOURCES, 'catalog/search': { metrics } });

/** Records the texts that are copied. */
function spyOnClipboard() {
  Object.defineProperty(window, 'isSecureContext', { value: true, configurable: true });
  return jest.spyOn(navigator.clipboard, 'writeText').mockClear().mockResolvedValue();
}

describe('a metric', () => {
  it('is missing: the editor shows how to find one', async () => {
    setup(QUERY);
    expect(await screen.findByText(/^Search by name or meaning/)).toBeInTheDocument();
    expect(screen.queryByText('Generated PromQL')).not.toBeInTheDocument();
  });

  it('is found by the backend’s search, which orders the options', async () => {
    const { user, getResource } = setup(QUERY, { resources: found(CATALOG.metrics[2], CATALOG.metrics[0]) });
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard('loaded ');
    await waitFor(() => expect(titles()).toEqual(['Models', 'Error ratio']));
    expect(getResource).toHaveBeenCalledTimes(2);
    expect(getResource).toHaveBeenLastCalledWith(
      'catalog/search',
      { search: 'loaded', limit: 1000 },
      { showErrorAlert: false }
    );
  });

  it('can be selected with the keyboard alone, the best match first', async () => {
    const { user, onChange } = setup(QUERY, { resources: found(CATALOG.metrics[1]) });
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard('request');
    await waitFor(() => expect(titles()).toEqual(['Request rate']));
    await user.keyboard('{Enter}');
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ metric: 'inference_request_rate' }));
  });

  it('of an earlier search is not selected while the next one is running', async () => {
    const search = jest
      .fn()
      .mockResolvedValueOnce({ metrics: CATALOG.metrics })
      .mockReturnValue(new Promise(() => {}));
    const { user, onChange } = setup(QUERY, { resources: { ...RESOURCES, 'catalog/search': search } });
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard('r');
    await waitFor(() => expect(search).toHaveBeenCalledTimes(1));
    await waitFor(() => expect(titles()).toHaveLength(3));
    await user.keyboard('equest{Enter}');
    await waitFor(() => expect(search).toHaveBeenCalledTimes(2));
    await user.keyboard('{Enter}');
    expect(onChange).not.toHaveBeenCalled();
  });

  it('is offered if it is the nearest match', async () => {
    const nearest = { metrics: [], nearest: ['no_longer_there', 'inference_request_rate', 'inference_error_ratio'] };
    const { user, onChange } = setup(QUERY, { resources: { ...RESOURCES, 'catalog/search': nearest } });
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard('weather by request');
    expect(await screen.findByText('No metric matches all of these words. Nearest metrics:')).toBeInTheDocument();
    expect(titles()).toEqual(['Request rate', 'Error ratio']);
    await user.keyboard('{Enter}');
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ metric: 'inference_request_rate' }));
  });

  it('is not offered if the search fails', async () => {
    const resources = { ...RESOURCES, 'catalog/search': new Error('The plugin is restarting.') };
    const { user } = setup(QUERY, { resources });
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard('request');
    expect(await screen.findByText('The plugin is restarting.')).toBeInTheDocument();
  });

  it('has its unit, type and description in the menu', async () => {
    const { user } = setup(QUERY);
    await user.click(await screen.findByLabelText('Metric'));
    const options = await menu();
    expect(options.getByText('Percent (0.0-1.0) · gauge')).toBeInTheDocument();
    expect(options.getByText('inference_error_ratio: Failed requests over all requests.')).toBeInTheDocument();
  });

  it('is not found: the menu shows a message', async () => {
    const { user } = setup(QUERY, { resources: found() });
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard('weather');
    expect(await screen.findByText('No metric matches all of these words. Try fewer words.')).toBeInTheDocument();
  });

  it('that is unknown has buttons for similar metrics', async () => {
    const { user, onChange } = setup(
      { ...QUERY, metric: 'inference_requests_rate' },
      { resources: { ...RESOURCES, 'catalog/search': { metrics: [], total: 0, nearest: ['inference_request_rate'] } } }
    );
    await user.click(await screen.findByRole('button', { name: 'inference_request_rate' }));
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: {} });
    expect(screen.queryByText('Similar metrics')).not.toBeInTheDocument();
    expect(screen.getByLabelText('Metric')).toHaveFocus();
  });

  it('of a disabled pack shows the reason that the backend returns', async () => {
    const reason = 'The metric orders_rate belongs to the pack orders, which is disabled for this data source.';
    const { postResource } = setup(
      { ...QUERY, metric: 'orders_rate', params: { tenant: ['acme'] } },
      { resources: { ...RESOURCES, 'catalog/preview': new Error(reason), 'catalog/search': { metrics: [], total: 0 } } }
    );
    expect(await screen.findByText(reason)).toBeInTheDocument();
    expect(postResource).toHaveBeenCalledWith(
      'catalog/preview',
      { metric: 'orders_rate', params: {} },
      expect.anything()
    );
  });
});

describe('a parameter', () => {
  it('that is optional has a button that opens a field with its values', async () => {
    const { user, onChange } = setup(RATE, { variables: [{ name: 'tenant', value: 'acme' }] });
    expect(screen.queryByLabelText('tenant')).not.toBeInTheDocument();
    await user.click(await screen.findByRole('button', { name: 'Filter by tenant' }));
    expect(screen.getByLabelText('tenant')).toHaveFocus();
    expect(onChange).not.toHaveBeenCalled();
    expect(await screen.findByText('$tenant')).toBeInTheDocument();

    await user.click(await screen.findByText('globex'));
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: { tenant: ['globex'] } });
    expect(screen.queryByRole('button', { name: 'Filter by tenant' })).not.toBeInTheDocument();
  });

  it('can be removed and has a button again', async () => {
    const { user, onChange } = setup({ ...RATE, params: { tenant: ['acme'] } });
    await user.click(await screen.findByRole('button', { name: 'Remove filter tenant' }));
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: {} });
    expect(screen.getByRole('button', { name: 'Filter by tenant' })).toHaveFocus();
  });

  it('keeps its field when it is cleared', async () => {
    const { user, onChange } = setup({ ...RATE, params: { tenant: ['acme'] } });
    await user.click(await screen.findByLabelText('tenant'));
    await user.keyboard('{Backspace}');
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: {} });
    expect(screen.getByLabelText('tenant')).toBeInTheDocument();
  });

  it('selects a value on Tab only after a search', async () => {
    const { user, onChange } = setup(RATE);
    await user.click(await screen.findByRole('button', { name: 'Filter by tenant' }));
    await screen.findByText('acme');
    await user.tab();
    expect(screen.getByRole('button', { name: 'Remove filter tenant' })).toHaveFocus();
    expect(onChange).not.toHaveBeenCalled();

    await user.tab({ shift: true });
    await user.keyboard('glo');
    await user.tab();
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: { tenant: ['globex'] } });
  });

  it('accepts a value that Prometheus does not have', async () => {
    const { user, onChange } = setup({ ...RATE, params: { tenant: ['acme'] } });
    await user.click(await screen.findByLabelText('tenant'));
    await user.keyboard('initech{Enter}');
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: { tenant: ['acme', 'initech'] } });
  });

  it('lists the values that match the other parameters', async () => {
    const { user, postResource } = setup({
      ...QUERY,
      metric: 'inference_error_ratio',
      params: { model: ['churn'], tenant: [] },
    });
    await user.click(await screen.findByLabelText('tenant'));
    await screen.findByText('globex');
    expect(postResource).toHaveBeenLastCalledWith(
      'catalog/inference_error_ratio/values/tenant',
      { params: { model: ['churn'] }, search: '' },
      expect.anything()
    );
  });

  it('searches the values if the list is truncated', async () => {
    const { user, postResource } = setup(
      { ...RATE, params: { tenant: [] } },
      { resources: { ...RESOURCES, 'catalog/inference_request_rate/values/tenant': { ...VALUES, truncated: true } } }
    );
    await user.click(await screen.findByLabelText('tenant'));
    await screen.findByText('globex');
    await user.keyboard('init');
    await waitFor(() =>
      expect(postResource).toHaveBeenLastCalledWith(
        'catalog/inference_request_rate/values/tenant',
        { params: {}, search: 'init' },
        expect.anything()
      )
    );
  });

  it('without values shows that other values can be typed', async () => {
    const { user } = setup(
      { ...RATE, params: { tenant: [] } },
      { resources: { ...RESOURCES, 'catalog/inference_request_rate/values/tenant': { values: [], truncated: false } } }
    );
    await user.click(await screen.findByLabelText('tenant'));
    expect(await screen.findByText(/^No values match the other filters/)).toBeInTheDocument();
  });

  it('that the metric does not have is shown and can be removed', async () => {
    const { user, onChange } = setup({ ...RATE, params: { region: ['eu'] } });
    expect(await screen.findByText('inference_request_rate has no parameter region. Remove it.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Remove filter region' }));
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: {} });
    expect(screen.queryByLabelText('region')).not.toBeInTheDocument();
  });
});

describe('the preview', () => {
  it('sends variables in parameters as they are written, and replaces variables in the grouping', async () => {
    const { postResource } = setup(
      { ...RATE, params: { tenant: ['$tenant', 'a.b'] }, groupBy: ['$label'], legendFormat: 'x' },
      {
        variables: [
          { name: 'tenant', value: ['acme', 'globex'], multi: true },
          { name: 'label', value: 'tenant' },
        ],
      }
    );
    expect(await screen.findByText(PREVIEW.query)).toBeInTheDocument();
    expect(postResource).toHaveBeenCalledTimes(1);
    expect(postResource).toHaveBeenCalledWith(
      'catalog/preview',
      {
        metric: 'inference_request_rate',
        params: { tenant: { op: '=~', values: ['$tenant', 'a\\.b'] } },
        groupBy: ['tenant'],
        range: true,
      },
      { showErrorAlert: false }
    );
  });

  it('continues in PromQL with the metric’s legend', async () => {
    const { user, onContinue } = setup({ ...QUERY, metric: 'inference_error_ratio', params: { model: ['churn'] } });
    await user.click(await screen.findByRole('button', { name: 'Continue in PromQL' }));
    expect(onContinue).toHaveBeenCalledWith(PREVIEW.query, '{{model}} {{version}}');
  });

  it('can’t be copied or continued while the next preview is loading', async () => {
    const { user, postResource, onContinue } = setup({ ...RATE, params: { tenant: ['acme'] } });
    const copied = spyOnClipboard();
    const button = await screen.findByRole('button', { name: 'Continue in PromQL' });

    postResource.mockReturnValueOnce(new Promise(() => {}));
    await user.click(screen.getByRole('button', { name: 'Remove filter tenant' }));
    expect(screen.getByText(PREVIEW.query)).toBeInTheDocument();
    // The two buttons are disabled in different ways, so the test checks that clicks have no effect.
    fireEvent.click(button);
    fireEvent.click(screen.getByRole('button', { name: /Copy/ }));
    expect(onContinue).not.toHaveBeenCalled();
    expect(copied).not.toHaveBeenCalled();
  });

  it('can be copied', async () => {
    const { user } = setup(RATE);
    const copied = spyOnClipboard();
    await user.click(await screen.findByRole('button', { name: /Copy/ }));
    expect(copied).toHaveBeenCalledWith(PREVIEW.query);
  });

  it('shows which parameters are missing', async () => {
    setup(
      { ...QUERY, metric: 'inference_error_ratio' },
      { resources: { ...RESOURCES, 'catalog/preview': { query: 'x{model="<model>"}', missing_params: ['model'] } } }
    );
    expect(await screen.findByText('Set model to run the query.')).toBeInTheDocument();
    expect(screen.getByText('x{model="<model>"}')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Continue in PromQL' })).not.toBeInTheDocument();
  });

  it('shows the error of the backend', async () => {
    setup(RATE, { resources: { ...RESOURCES, 'catalog/preview': new Error('The window is "soon": write 5m.') } });
    expect(await screen.findByText('The window is "soon": write 5m.')).toBeInTheDocument();
  });
});
