import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { CATALOG_PAGE, fakeDataSource, PREVIEW, Resources } from '../testing/datasource';
import { FakeVariable } from '../testing/templateSrv';
import { CatalogQuery } from '../types';
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

/** The editor as a panel holds it: a change comes back as the next query. */
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

/** The options of an open menu. */
const menu = async () => within(await screen.findByLabelText('Select options menu'));

/** What is copied from now on. */
function spyOnClipboard() {
  Object.defineProperty(window, 'isSecureContext', { value: true, configurable: true });
  return jest.spyOn(navigator.clipboard, 'writeText').mockClear().mockResolvedValue();
}

describe('a metric', () => {
  it('says what to do while there is none', async () => {
    setup(QUERY);
    expect(await screen.findByText(/Search for what you want to know/)).toBeInTheDocument();
    expect(screen.queryByText('PromQL that runs')).not.toBeInTheDocument();
  });

  it.each([
    ['its name', 'inference_err', 'Error ratio'],
    ['its title, in any order and case', 'RATIO error', 'Error ratio'],
    ['a tag', 'errors', 'Error ratio'],
    ['its description', 'loaded', 'Models'],
  ])('is found by %s', async (_, text, title) => {
    const { user } = setup(QUERY);
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard(text);
    const options = await menu();
    expect(options.getByText(title)).toBeInTheDocument();
    expect(options.getAllByRole('option')).toHaveLength(1);
  });

  it('is chosen with the keyboard alone, the likeliest first', async () => {
    const { user, onChange } = setup(QUERY);
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard('request{Enter}');
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ metric: 'inference_request_rate' }));
  });

  it('stands in the menu with its unit as Grafana calls it, its type and what it is', async () => {
    const { user } = setup(QUERY);
    await user.click(await screen.findByLabelText('Metric'));
    const options = await menu();
    expect(options.getByText('Percent (0.0-1.0) · gauge')).toBeInTheDocument();
    expect(options.getByText('inference_error_ratio: Failed requests over all requests.')).toBeInTheDocument();
  });

  it('that nothing fits says so', async () => {
    const { user } = setup(QUERY);
    await user.click(await screen.findByLabelText('Metric'));
    await user.keyboard('weather');
    expect(await screen.findByText(/No metric has all of these words/)).toBeInTheDocument();
  });

  it('that the catalog does not have leads to the nearest ones', async () => {
    const { user, onChange } = setup(
      { ...QUERY, metric: 'inference_requests_rate' },
      { resources: { ...RESOURCES, 'catalog/search': { metrics: [], total: 0, nearest: ['inference_request_rate'] } } }
    );
    await user.click(await screen.findByRole('button', { name: 'inference_request_rate' }));
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: {} });
    expect(screen.queryByText('Choose instead')).not.toBeInTheDocument();
    expect(screen.getByLabelText('Metric')).toHaveFocus();
  });

  it('of a pack that is turned off leads to the settings', async () => {
    const off = 'The metric orders_rate belongs to the pack orders, which is disabled for this data source.';
    const { postResource } = setup(
      { ...QUERY, metric: 'orders_rate', params: { tenant: ['acme'] } },
      { resources: { ...RESOURCES, 'catalog/preview': new Error(off), 'catalog/search': { metrics: [], total: 0 } } }
    );
    expect(await screen.findByText(off)).toBeInTheDocument();
    expect(postResource).toHaveBeenCalledWith(
      'catalog/preview',
      { metric: 'orders_rate', params: {} },
      expect.anything()
    );
  });
});

describe('a parameter', () => {
  it('that is optional is on offer, and opens with its values', async () => {
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

  it('goes away, and is on offer again', async () => {
    const { user, onChange } = setup({ ...RATE, params: { tenant: ['acme'] } });
    await user.click(await screen.findByRole('button', { name: 'Remove filter tenant' }));
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: {} });
    expect(screen.getByRole('button', { name: 'Filter by tenant' })).toHaveFocus();
  });

  it('stays while it is empty', async () => {
    const { user, onChange } = setup({ ...RATE, params: { tenant: ['acme'] } });
    await user.click(await screen.findByLabelText('tenant'));
    await user.keyboard('{Backspace}');
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: {} });
    expect(screen.getByLabelText('tenant')).toBeInTheDocument();
  });

  it('takes nothing from who only passes by with Tab', async () => {
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

  it('takes a value that Prometheus does not have', async () => {
    const { user, onChange } = setup({ ...RATE, params: { tenant: ['acme'] } });
    await user.click(await screen.findByLabelText('tenant'));
    await user.keyboard('initech{Enter}');
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: { tenant: ['acme', 'initech'] } });
  });

  it('has the values that are left beside the others', async () => {
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

  it('looks its values up where there are too many to list', async () => {
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

  it('without any value says what to do', async () => {
    const { user } = setup(
      { ...RATE, params: { tenant: [] } },
      { resources: { ...RESOURCES, 'catalog/inference_request_rate/values/tenant': { values: [], truncated: false } } }
    );
    await user.click(await screen.findByLabelText('tenant'));
    expect(await screen.findByText(/None in Prometheus under the other filters/)).toBeInTheDocument();
  });

  it('that the metric does not have is shown, to be removed', async () => {
    const { user, onChange } = setup({ ...RATE, params: { region: ['eu'] } });
    expect(await screen.findByText('inference_request_rate has no parameter region: remove it.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Remove filter region' }));
    expect(onChange).toHaveBeenLastCalledWith({ ...RATE, params: {} });
    expect(screen.queryByLabelText('region')).not.toBeInTheDocument();
  });
});

describe('the preview', () => {
  it('asks about the query as a panel holds it, with variables as PromQL has them', async () => {
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

  it('goes on in PromQL, with the metric’s legend', async () => {
    const { user, onContinue } = setup({ ...QUERY, metric: 'inference_error_ratio', params: { model: ['churn'] } });
    await user.click(await screen.findByRole('button', { name: 'Continue in PromQL' }));
    expect(onContinue).toHaveBeenCalledWith(PREVIEW.query, '{{model}} {{version}}');
  });

  it('is not taken over while the next one is on its way', async () => {
    const { user, postResource, onContinue } = setup({ ...RATE, params: { tenant: ['acme'] } });
    const copied = spyOnClipboard();
    const button = await screen.findByRole('button', { name: 'Continue in PromQL' });

    postResource.mockReturnValueOnce(new Promise(() => {}));
    await user.click(screen.getByRole('button', { name: 'Remove filter tenant' }));
    expect(screen.getByText(PREVIEW.query)).toBeInTheDocument();
    // Grafana disables buttons in different ways; none of them reacts.
    fireEvent.click(button);
    fireEvent.click(screen.getByRole('button', { name: /Copy/ }));
    expect(onContinue).not.toHaveBeenCalled();
    expect(copied).not.toHaveBeenCalled();
  });

  it('is copied', async () => {
    const { user } = setup(RATE);
    const copied = spyOnClipboard();
    await user.click(await screen.findByRole('button', { name: /Copy/ }));
    expect(copied).toHaveBeenCalledWith(PREVIEW.query);
  });

  it('says what is missing before it can run', async () => {
    setup(
      { ...QUERY, metric: 'inference_error_ratio' },
      { resources: { ...RESOURCES, 'catalog/preview': { query: 'x{model="<model>"}', missing_params: ['model'] } } }
    );
    expect(await screen.findByText('It runs once model has a value.')).toBeInTheDocument();
    expect(screen.getByText('x{model="<model>"}')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Continue in PromQL' })).not.toBeInTheDocument();
  });

  it('tells why there is none', async () => {
    setup(RATE, { resources: { ...RESOURCES, 'catalog/preview': new Error('The window is "soon": write 5m.') } });
    expect(await screen.findByText('The window is "soon": write 5m.')).toBeInTheDocument();
  });
});
