import { AnnotationQuery, createDataFrame, getDefaultTimeRange, LoadingState, PanelData } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { CATALOG_PAGE, fakeDataSource } from '../testing/datasource';
import { EventsQuery, ModelMetricsQuery } from '../shared/types';

// PromQL is written in the plain field here, as where the code editor can't be loaded.
jest.mock('../code/CodeField', () => {
  throw new Error('Loading chunk promql failed.');
});

const MODELS = 'catalog/inference_error_ratio/values/model';

/** The editor as the dashboard's settings hold it: a change comes back as the next query. */
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

it('marks the events of a catalog metric, with its words', async () => {
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

it('marks the events of PromQL, also at times that are values', async () => {
  const { user, onChange } = setup(NEW);
  await user.click(await screen.findByLabelText('PromQL'));
  await user.type(screen.getByRole('textbox', { name: 'PromQL' }), 'process_start_time_seconds * 1000');
  await user.click(screen.getByLabelText('Value is the time'));
  expect(onChange).toHaveBeenLastCalledWith({
    ...NEW,
    expr: 'process_start_time_seconds * 1000',
    useValueForTime: true,
  });
  expect(screen.queryByLabelText('Window')).not.toBeInTheDocument();
});

it('finds the expression again on the way back from the catalog', async () => {
  const { user, onChange } = setup({ ...NEW, expr: 'up == 0' });
  await user.click(await screen.findByLabelText('Catalog'));
  expect(onChange).toHaveBeenLastCalledWith({ ...NEW, expr: undefined });
  await user.click(screen.getByLabelText('PromQL'));
  expect(screen.getByRole('textbox', { name: 'PromQL' })).toHaveValue('up == 0');
});

it('says that some are left out, which Grafana shows nowhere', async () => {
  const frame = createDataFrame({
    fields: [],
    meta: { notices: [{ severity: 'info', text: '1,000 of 4,312 are shown.' }] },
  });
  setup(NEW, { state: LoadingState.Done, series: [frame], timeRange: getDefaultTimeRange() });
  expect(await screen.findByText('1,000 of 4,312 are shown.')).toBeInTheDocument();
});

it('shows the infos of PromQL, which a dashboard doesn’t', async () => {
  const frame = createDataFrame({
    fields: [],
    meta: { custom: { infos: ['PromQL info: metric might not be a counter'] } },
  });
  setup(NEW, { state: LoadingState.Done, series: [frame], timeRange: getDefaultTimeRange() });
  expect(await screen.findByText('PromQL info: metric might not be a counter')).toBeInTheDocument();
});

it('stands for a query that Grafana has not stored yet', async () => {
  setup({ refId: 'Anno' } as ModelMetricsQuery);
  expect(await screen.findByLabelText('Metric')).toBeInTheDocument();
});
