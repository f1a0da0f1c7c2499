import { AnnotationQuery, createDataFrame, getDefaultTimeRange, LoadingState, PanelData } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { EventsQuery, ModelMetricsQuery } from '../shared/types';
import { CATALOG_PAGE, fakeDataSource } from '../testing/datasource';

// Uses the plain field, as if the code editor could not be loaded.
jest.mock('../code/CodeField', () => {
  throw new Error('Loading chunk promql failed.');
});

const MODELS = 'catalog/inference_error_ratio/values/model';

/** Renders the editor as the dashboard's settings do: onChange sets the next query. */
function setup(first: ModelMetricsQuery, data?: PanelData) {
  const { datasource } = fakeDataSource([{ name: 'model', value: 'churn' }], {
    catalog: CATALOG_PAGE,
    [MODELS]: { values: ['churn', 'fraud'], truncated: false },
  });
  const onChange = jest.fn<void, [ModelMetricsQuery]>();
  const Editor = datasource.annotations?.QueryEditor ?? fail();
  function Settings() {
    const [query, setQuery] = useState(first);
    const annotation: AnnotationQuery<ModelMetricsQuery> = {
      name: 'Deploys',
      enable: true,
      iconColor: 'red',
      target: query,
    };
    const change = (next: ModelMetricsQuery) => {
      onChange(next);
      setQuery(next);
    };
    return (
      <Editor
        datasource={datasource}
        annotation={annotation}
        query={query}
        data={data}
        onChange={change}
        onRunQuery={jest.fn()}
      />
    );
  }
  render(<Settings />);
  return { onChange, user: userEvent.setup() };
}

const NEW: EventsQuery = { refId: 'Anno', queryType: 'annotation', metric: '' };

it('edits events of a catalog metric and their texts', async () => {
  const { user, onChange } = setup(NEW);
  await user.click(await screen.findByLabelText('Metric'));
  await user.click(await screen.findByText('Error ratio'));
  await user.click(screen.getByLabelText('model *'));
  await user.click(await screen.findByText('fraud'));
  await user.type(screen.getByLabelText('Title'), '{{{{model}} fails');
  await user.type(screen.getByLabelText('Text'), 'A share of {{{{value}}');
  await user.type(screen.getByLabelText('Tags'), 'errors, {{{{model}},');
  await user.type(screen.getByLabelText('Min step'), '1m');
  await user.type(screen.getByLabelText('Window'), '10m{Enter}');

  expect(onChange).toHaveBeenLastCalledWith({
    ...NEW,
    metric: 'inference_error_ratio',
    params: { model: ['fraud'] },
    title: '{{model}} fails',
    text: 'A share of {{value}}',
    tags: ['errors', '{{model}}'],
    interval: '1m',
    window: '10m',
  });
  expect(screen.queryByLabelText('Legend')).not.toBeInTheDocument();
});

it('edits events of PromQL, also with values as timestamps', async () => {
  const { user, onChange } = setup(NEW);
  await user.click(await screen.findByLabelText('PromQL'));
  await user.type(screen.getByRole('textbox', { name: 'PromQL' }), 'process_start_time_seconds * 1000');
  await user.click(screen.getByLabelText('Series value as timestamp'));
  expect(onChange).toHaveBeenLastCalledWith({
    ...NEW,
    expr: 'process_start_time_seconds * 1000',
    useValueForTime: true,
  });
  expect(screen.queryByLabelText('Window')).not.toBeInTheDocument();
});

it('restores the expression when the user switches back from the catalog', async () => {
  const { user, onChange } = setup({ ...NEW, expr: 'up == 0' });
  await user.click(await screen.findByLabelText('Catalog'));
  expect(onChange).toHaveBeenLastCalledWith({ ...NEW, expr: undefined });
  await user.click(screen.getByLabelText('PromQL'));
  expect(screen.getByRole('textbox', { name: 'PromQL' })).toHaveValue('up == 0');
});

it('shows notices, which Grafana does not show', async () => {
  const frame = createDataFrame({
    fields: [],
    meta: { notices: [{ severity: 'info', text: '1,000 of 4,312 are shown.' }] },
  });
  setup(NEW, { state: LoadingState.Done, series: [frame], timeRange: getDefaultTimeRange() });
  expect(await screen.findByText('1,000 of 4,312 are shown.')).toBeInTheDocument();
});

it('shows PromQL infos, which Grafana does not show', async () => {
  const frame = createDataFrame({
    fields: [],
    meta: { custom: { infos: ['PromQL info: metric might not be a counter'] } },
  });
  setup(NEW, { state: LoadingState.Done, series: [frame], timeRange: getDefaultTimeRange() });
  expect(await screen.findByText('PromQL info: metric might not be a counter')).toBeInTheDocument();
});

it('opens with a query that Grafana has not stored yet', async () => {
  setup({ refId: 'Anno' } as ModelMetricsQuery);
  expect(await screen.findByLabelText('Metric')).toBeInTheDocument();
});
