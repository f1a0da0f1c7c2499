import { CoreApp } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { ModelMetricsQuery } from '../shared/types';
import { fakeDataSource } from '../testing/datasource';
import { QueryEditor } from './QueryEditor';

// Uses the plain field, as if the code editor could not be loaded.
jest.mock('../code/CodeField', () => {
  throw new Error('Loading chunk promql failed.');
});

const PROMQL: ModelMetricsQuery = { refId: 'A', queryType: 'promql', expr: 'up', range: true };

function setup(query: ModelMetricsQuery, app: CoreApp) {
  const { datasource } = fakeDataSource();
  const onChange = jest.fn<void, [ModelMetricsQuery]>();
  const onRunQuery = jest.fn();
  render(<QueryEditor app={app} datasource={datasource} query={query} onChange={onChange} onRunQuery={onRunQuery} />);
  return { onChange, onRunQuery, user: userEvent.setup() };
}

it.each([CoreApp.PanelEditor, CoreApp.Explore, CoreApp.UnifiedAlerting])(
  'the button runs the query in %s',
  async (app) => {
    const { user, onRunQuery } = setup(PROMQL, app);
    await user.click(screen.getByRole('button', { name: 'Run query' }));
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  }
);

it('the button is disabled until a metric is selected', async () => {
  setup({ refId: 'A', queryType: 'catalog', metric: '' }, CoreApp.PanelEditor);
  expect(await screen.findByRole('button', { name: 'Run query' })).toBeDisabled();
});

it.each<[CoreApp, ModelMetricsQuery, boolean]>([
  [CoreApp.Explore, PROMQL, true],
  [CoreApp.Explore, { refId: 'A', queryType: 'catalog', metric: 'inference_models', range: true }, true],
  [CoreApp.PanelEditor, PROMQL, false],
  [CoreApp.UnifiedAlerting, PROMQL, false],
])('in %s, %j can have a graph and a table: %s', async (app, query, want) => {
  const { user, onChange } = setup(query, app);
  await user.click(await screen.findByRole('button', { name: 'Options' }));
  expect(screen.getByRole('radio', { name: 'Range' })).toBeInTheDocument();
  expect(screen.queryByRole('radio', { name: 'Both' }) !== null).toBe(want);
  if (want) {
    await user.click(screen.getByRole('radio', { name: 'Both' }));
    expect(onChange).toHaveBeenLastCalledWith({ ...query, range: true, instant: true });
  }
});

it('a query that becomes a catalog query has units', async () => {
  const { user, onChange } = setup(PROMQL, CoreApp.PanelEditor);
  await user.click(screen.getByRole('radio', { name: 'Catalog' }));
  expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ queryType: 'catalog', units: true }));
});

it('a stored catalog query keeps the panel’s units when the user switches back to the catalog', async () => {
  const { user, onChange } = setup({ ...PROMQL, metric: 'inference_models' } as ModelMetricsQuery, CoreApp.PanelEditor);
  await user.click(screen.getByRole('radio', { name: 'Catalog' }));
  expect(onChange.mock.lastCall?.[0]).not.toHaveProperty('units');
});
