import { CoreApp, createDataFrame, DataFrame, getDefaultTimeRange, LoadingState, QueryResultMeta } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent, { UserEvent } from '@testing-library/user-event';
import React, { useState } from 'react';

import { escapeRegex } from '../shared/promql';
import { CatalogQuery, ModelMetricsQuery, Params } from '../shared/types';
import { CATALOG_PAGE, fakeDataSource, Resources } from '../testing/datasource';
import { QueryEditor } from './QueryEditor';

// Uses the plain field, as if the code editor could not be loaded.
jest.mock('../code/CodeField', () => {
  throw new Error('Loading chunk promql failed.');
});

const MODELS = 'catalog/inference_error_ratio/values/model';

/** Renders the editor as a panel does: onChange sets the next query. */
function setup(first: ModelMetricsQuery, resources?: Resources, app = CoreApp.PanelEditor, series: DataFrame[] = []) {
  const { datasource } = fakeDataSource([{ name: 'model', value: 'churn' }], resources);
  const onChange = jest.fn<void, [ModelMetricsQuery]>();
  const onRunQuery = jest.fn();
  function Panel() {
    const [query, setQuery] = useState(first);
    return (
      <QueryEditor
        app={app}
        datasource={datasource}
        query={query}
        data={{ state: LoadingState.Done, series, timeRange: getDefaultTimeRange() }}
        onChange={(next) => {
          onChange(next);
          setQuery(next);
        }}
        onRunQuery={onRunQuery}
      />
    );
  }
  render(<Panel />);
  return { onChange, onRunQuery, user: userEvent.setup() };
}

const catalogQuery: CatalogQuery = { refId: 'A', queryType: 'catalog', metric: '', range: true };

describe('a catalog query', () => {
  it('runs when the user selects a metric', async () => {
    const { user, onChange, onRunQuery } = setup(catalogQuery);
    await user.click(await screen.findByLabelText('Metric'));
    expect(await screen.findByText('Inference server')).toBeInTheDocument();
    await user.click(screen.getByText('Request rate'));

    expect(onChange).toHaveBeenLastCalledWith({ ...catalogQuery, metric: 'inference_request_rate', params: {} });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.getByText('Requests per second.')).toBeInTheDocument();
    expect(screen.getByText(/requests\/sec \(rps\) · gauge · Inference server/)).toBeInTheDocument();
  });

  it.each<object>([{ params: null, groupBy: null, adhocFilters: null }, { params: { model: null } }])(
    'opens with %j, as other programs store it',
    async (nothing) => {
      setup({ ...catalogQuery, metric: 'inference_error_ratio', ...nothing });
      expect(await screen.findByText('model is required. Select a value.')).toBeInTheDocument();
    }
  );

  it('shows that a required parameter is missing until it has a value', async () => {
    const { user, onChange } = setup(
      { ...catalogQuery, metric: 'inference_error_ratio' },
      { catalog: CATALOG_PAGE, [MODELS]: { values: ['churn', 'fraud'], truncated: false } }
    );
    expect(await screen.findByText('model is required. Select a value.')).toBeInTheDocument();

    await user.click(screen.getByLabelText('model *'));
    expect(await screen.findByText('$model')).toBeInTheDocument();
    await user.click(await screen.findByText('fraud'));

    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ params: { model: ['fraud'] } }));
    expect(screen.queryByText('model is required. Select a value.')).not.toBeInTheDocument();
  });

  it('keeps the operator when values are added', async () => {
    const notChurn: Params = { model: { op: '!=', values: ['churn'] } };
    const { user, onChange } = setup(
      { ...catalogQuery, metric: 'inference_error_ratio', params: notChurn },
      { catalog: CATALOG_PAGE, [MODELS]: { values: ['churn', 'fraud'], truncated: true } }
    );
    await user.click(await screen.findByLabelText('model *'));
    expect(await screen.findByText('Values (truncated, type to search)')).toBeInTheDocument();
    await user.keyboard('fraud');
    expect(screen.queryByText(/Hit enter to add/)).not.toBeInTheDocument();
    await user.click(screen.getByText('fraud'));
    expect(onChange).toHaveBeenLastCalledWith(
      expect.objectContaining({ params: { model: { op: '!=', values: ['churn', 'fraud'] } } })
    );
  });

  it('shows why values could not be listed', async () => {
    const { user } = setup(
      { ...catalogQuery, metric: 'inference_error_ratio' },
      { catalog: CATALOG_PAGE, [MODELS]: new Error('Prometheus refused the connection.') }
    );
    await user.click(await screen.findByLabelText('model *'));
    expect(await screen.findByText('Prometheus refused the connection.')).toBeInTheDocument();
  });

  it('shows the metric’s default grouping and does not store it', async () => {
    const { user, onChange } = setup({
      ...catalogQuery,
      metric: 'inference_error_ratio',
      params: { model: ['churn'] },
    });
    await user.click(await screen.findByLabelText(/Group by/));
    await user.keyboard('{Backspace}');
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ groupBy: ['model'] }));

    await user.click(await screen.findByText('version'));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ groupBy: undefined }));
  });

  it('can be grouped if the metric allows it, even without a default grouping', async () => {
    const { user, onChange } = setup({ ...catalogQuery, metric: 'inference_request_rate' });
    await user.click(await screen.findByLabelText(/Group by/));
    await user.click(await screen.findByText('tenant', { selector: '[role=option] *' }));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ groupBy: ['tenant'] }));
  });

  it('can’t be grouped if the metric does not allow it', async () => {
    setup({ ...catalogQuery, metric: 'inference_models' });
    expect(await screen.findByText(/Models that are loaded/)).toBeInTheDocument();
    expect(screen.queryByLabelText(/Group by/)).not.toBeInTheDocument();
  });

  it('shows that the catalog does not have a metric', async () => {
    setup({ ...catalogQuery, metric: 'gone' });
    expect(await screen.findByText('The catalog has no metric gone.')).toBeInTheDocument();
  });

  it('shows why the catalog is not loaded, and can retry', async () => {
    const resources: Resources = { catalog: new Error('The plugin is restarting.') };
    const { user } = setup(catalogQuery, resources);
    expect(await screen.findByText('The plugin is restarting.')).toBeInTheDocument();

    resources.catalog = CATALOG_PAGE;
    await user.click(screen.getByText('Try again'));
    expect(await screen.findByLabelText('Metric')).toBeInTheDocument();
  });
});

describe('a PromQL query', () => {
  it('runs on Shift+Enter', async () => {
    const { user, onChange, onRunQuery } = setup({ refId: 'A', queryType: 'promql', expr: '' });
    await user.type(screen.getByLabelText('PromQL', { selector: 'textarea' }), 'sum(up)');
    expect(onRunQuery).not.toHaveBeenCalled();
    await user.keyboard('{Shift>}{Enter}{/Shift}');
    expect(onChange).toHaveBeenLastCalledWith({ refId: 'A', queryType: 'promql', expr: 'sum(up)' });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });

  it('runs again if it has not changed', async () => {
    const { user, onChange, onRunQuery } = setup({ refId: 'A', queryType: 'promql', expr: 'up' });
    await user.click(screen.getByLabelText('PromQL', { selector: 'textarea' }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(onChange).not.toHaveBeenCalled();
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });

  it('opens for a panel of the Prometheus data source', () => {
    setup({ refId: 'A', expr: 'up', range: true, instant: true });
    expect(screen.getByDisplayValue('up')).toBeInTheDocument();
    expect(screen.getByText('Type: Both')).toBeInTheDocument();
  });

  it('restores the metric when the user switches back to the catalog', async () => {
    const { user, onChange } = setup({ ...catalogQuery, metric: 'inference_request_rate' });
    await user.click(screen.getByLabelText('PromQL'));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ queryType: 'promql', expr: '' }));
    expect(screen.getByText('Legend: auto')).toBeInTheDocument();
    await user.click(screen.getByLabelText('Catalog'));
    expect(onChange).toHaveBeenLastCalledWith(
      expect.objectContaining({ queryType: 'catalog', metric: 'inference_request_rate', legendFormat: undefined })
    );
    expect(await screen.findByText('Requests per second.')).toBeInTheDocument();
  });
});

it('opens with fields that are stored in other types', async () => {
  const otherTypes = {
    groupBy: 'model',
    params: { model: 5 },
    legendFormat: {},
    interval: 30,
    instant: 'true',
    format: 'timeseries',
  };
  setup({ ...catalogQuery, metric: 'inference_error_ratio', ...otherTypes } as unknown as ModelMetricsQuery);
  expect(await screen.findByText(/Min step: 30/)).toBeInTheDocument();
});

describe('options', () => {
  const promql: ModelMetricsQuery = { refId: 'A', queryType: 'promql', expr: 'up', range: true };
  const EXEMPLARS = /^Exemplars/;
  const SAMPLER = 'Exemplar sampling';
  const open = async (user: UserEvent) => user.click(await screen.findByRole('button', { name: 'Options' }));

  it('are summarized in one line until they are opened', async () => {
    const { user } = setup({ ...promql, exemplar: true, interval: '1m', customQueryParameters: 'dedup=false' });
    expect(screen.getByText('Min step: 1m')).toBeInTheDocument();
    expect(screen.getByText('Exemplars: spread')).toBeInTheDocument();
    expect(screen.getByText('Query parameters: dedup=false')).toBeInTheDocument();
    expect(screen.queryByLabelText('Min step')).not.toBeInTheDocument();

    const line = screen.getByRole('button', { name: 'Options', expanded: false });
    await user.click(line);
    expect(line).toHaveAttribute('aria-expanded', 'true');
    expect(screen.getByLabelText('Min step')).toHaveValue('1m');
    expect(screen.queryByText('Min step: 1m')).not.toBeInTheDocument();
  });

  it('store the format', async () => {
    const { user, onChange } = setup(promql);
    await open(user);
    await user.click(screen.getByLabelText('Format'));
    await user.click(await screen.findByText('Heatmap'));
    expect(onChange).toHaveBeenLastCalledWith({ ...promql, format: 'heatmap' });
  });

  it('store whether exemplars are shown, and how they are sampled', async () => {
    const { user, onChange, onRunQuery } = setup(promql);
    await open(user);
    expect(screen.queryByLabelText(SAMPLER)).not.toBeInTheDocument();
    await user.click(screen.getByLabelText(EXEMPLARS));
    expect(onChange).toHaveBeenLastCalledWith({ ...promql, exemplar: true });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.getByText('Spread')).toBeInTheDocument();

    await user.click(screen.getByLabelText(SAMPLER));
    await user.click(await screen.findByText('Highest'));
    expect(onChange).toHaveBeenLastCalledWith({ ...promql, exemplar: true, exemplarSampler: 'highest' });

    await user.click(screen.getByLabelText(EXEMPLARS));
    expect(onChange).toHaveBeenLastCalledWith({ ...promql, exemplar: false, exemplarSampler: 'highest' });
    expect(screen.queryByLabelText(SAMPLER)).not.toBeInTheDocument();
  });

  it('store exemplars of a catalog query, too', async () => {
    const { user, onChange } = setup({ ...catalogQuery, metric: 'inference_request_rate' });
    await open(user);
    await user.click(screen.getByLabelText(EXEMPLARS));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ queryType: 'catalog', exemplar: true }));
  });

  it.each<[string, Partial<ModelMetricsQuery>, boolean]>([
    ['a wide graph', { format: 'time_series_wide' }, true],
    ['a range and instant query', { instant: true }, true],
    ['an instant query', { range: false, instant: true }, false],
    ['a table', { format: 'table' }, false],
    ['a heatmap', { format: 'heatmap' }, true],
  ])('of %s contain exemplars: %p', async (_, changed, contained) => {
    const { user } = setup({ ...promql, ...changed } as ModelMetricsQuery);
    await open(user);
    expect(screen.queryAllByLabelText(EXEMPLARS)).toHaveLength(contained ? 1 : 0);
  });

  it('of an alert rule do not contain exemplars', async () => {
    const { user } = setup({ ...promql, exemplar: true } as ModelMetricsQuery, undefined, CoreApp.UnifiedAlerting);
    await open(user);
    expect(screen.getByLabelText('Legend')).toBeInTheDocument();
    expect(screen.queryByLabelText(EXEMPLARS)).not.toBeInTheDocument();
  });

  it('store query parameters', async () => {
    const { user, onChange } = setup(promql);
    await open(user);
    await user.click(screen.getByLabelText('Query parameters'));
    await user.paste('dedup=false&tenant=$model');
    await user.keyboard('{Enter}');
    expect(onChange).toHaveBeenLastCalledWith({ ...promql, customQueryParameters: 'dedup=false&tenant=$model' });
    await user.clear(screen.getByLabelText('Query parameters'));
    await user.tab();
    expect(onChange).toHaveBeenLastCalledWith({ ...promql, customQueryParameters: undefined });
  });
});

describe('an alert rule’s query', () => {
  it('is instant in Grafana 12.3 and later, which remove `instant` from the default query', async () => {
    const query: ModelMetricsQuery = { ...catalogQuery, range: false, instant: undefined };
    const { user, onChange } = setup(query, undefined, CoreApp.UnifiedAlerting);
    expect(await screen.findByText('Type: Instant')).toBeInTheDocument();

    await user.click(await screen.findByLabelText('Metric'));
    await user.click(await screen.findByText('Error ratio'));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ range: false, instant: true }));
    expect(screen.getByText('Window: 5m')).toBeInTheDocument();
  });

  it('runs when it is complete', async () => {
    const { user, onRunQuery } = setup(catalogQuery, undefined, CoreApp.UnifiedAlerting);
    await user.click(screen.getByLabelText('PromQL'));
    await user.click(screen.getByRole('textbox', { name: 'PromQL' }));
    await user.keyboard('{Shift>}{Enter}{/Shift}');
    expect(onRunQuery).not.toHaveBeenCalled();
    await user.keyboard('up{Shift>}{Enter}{/Shift}');
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });
});

describe('ad-hoc filters that are stored in a query', () => {
  const adhocFilters = [
    { key: 'job', operator: '=', value: 'api' },
    { key: 'env', operator: '=|', value: 'prod', values: ['prod', 'test'] },
  ];

  it('are shown and can be removed', async () => {
    const { user, onChange } = setup({ refId: 'A', queryType: 'promql', expr: 'up', adhocFilters });
    expect(screen.getByText('env =| prod, test')).toBeInTheDocument();
    await user.click(screen.getByLabelText('Remove filter job = api'));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ adhocFilters: [adhocFilters[1]] }));

    await user.click(screen.getByLabelText('Remove filter env =| prod, test'));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ adhocFilters: undefined }));
    expect(screen.queryByText('Ad-hoc filters')).not.toBeInTheDocument();
  });

  it('stay when the user switches the language', async () => {
    const { user } = setup({ ...catalogQuery, metric: 'inference_request_rate', adhocFilters });
    await user.click(screen.getByLabelText('PromQL'));
    expect(screen.getByText('job = api')).toBeInTheDocument();
  });
});

describe('a variable in an alert rule', () => {
  const promql = (expr: string): ModelMetricsQuery => ({ refId: 'A', queryType: 'promql', expr });

  it.each<[string, ModelMetricsQuery, string]>([
    [
      'a catalog query',
      { ...catalogQuery, metric: 'inference_request_rate', params: { tenant: ['$tenant', 'a'] } },
      "Alert rules can't use dashboard variables: $tenant is not replaced. Enter a value instead.",
    ],
    [
      'PromQL',
      promql('up{job="$job", env=~"${env:regex}|$job"}'),
      '$job, ${env:regex} are not replaced. Enter values instead.',
    ],
  ])('of %s is shown, because it is not replaced', async (_, query, text) => {
    setup(query, undefined, CoreApp.UnifiedAlerting);
    expect(await screen.findByText(new RegExp(escapeRegex(text)))).toBeInTheDocument();
  });

  it.each([
    ['a macro', 'rate(up[$__rate_interval])'],
    ['a group of a regular expression', 'label_replace(up{job=~"api$"}, "host", "$1", "instance", "(.*):.*")'],
  ])('is not %s', async (_, expr) => {
    setup(promql(expr), undefined, CoreApp.UnifiedAlerting);
    expect(await screen.findByText('Type: Range')).toBeInTheDocument();
    expect(screen.queryByText(/not replaced/)).not.toBeInTheDocument();
  });

  it('is not shown in a panel', async () => {
    setup(promql('up{job="$job"}'));
    expect(await screen.findByText('Type: Range')).toBeInTheDocument();
    expect(screen.queryByText(/not replaced/)).not.toBeInTheDocument();
  });
});

describe('PromQL infos', () => {
  const GUESS =
    'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "x" (1:6)';
  const promql: ModelMetricsQuery = { refId: 'A', queryType: 'promql', expr: 'rate(x[5m])' };
  const frame = (refId: string, meta: QueryResultMeta) => createDataFrame({ refId, fields: [], meta });

  it.each([CoreApp.PanelEditor, CoreApp.Explore, CoreApp.UnifiedAlerting])(
    'are shown below the expression, in %s',
    async (app) => {
      setup(promql, undefined, app, [
        frame('A', { custom: { infos: [GUESS] } }),
        frame('A', { custom: { infos: [GUESS] } }),
      ]);
      expect(await screen.findByText(GUESS)).toBeInTheDocument();
    }
  );

  it.each<[string, DataFrame]>([
    ['of another query', frame('B', { custom: { infos: [GUESS] } })],
    ['that are not a list', frame('A', { custom: { infos: { 0: GUESS } } })],
    ['that are not texts', frame('A', { custom: { infos: [7] } })],
  ])('%s are not shown', (_, series) => {
    setup(promql, undefined, CoreApp.PanelEditor, [series]);
    expect(screen.queryByRole('group', { name: 'PromQL infos' })).not.toBeInTheDocument();
  });
});
