import { CoreApp, getDefaultTimeRange, LoadingState } from '@grafana/data';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { AnnotationEditor } from '../annotation/AnnotationEditor';
import { CallerAccess } from '../shared/access';
import { ModelMetricsQuery, VariableQuery } from '../shared/types';
import { CATALOG_PAGE, fakeDataSource, PREVIEW } from '../testing/datasource';
import { VariableQueryEditor } from '../variable/VariableQueryEditor';
import { QueryEditor } from './QueryEditor';

// Uses the plain field, as if the code editor could not be loaded.
jest.mock('../code/CodeField', () => {
  throw new Error('Loading chunk promql failed.');
});

const ALLOWED: CallerAccess = { restricted: false, denied: false, rule: '', promql: 'off', message: '' };
const BLOCKED: CallerAccess = {
  restricted: true,
  denied: false,
  rule: 'acme',
  promql: 'block',
  message:
    'The access rules (rule "acme") restrict which series you see. Only metrics of the catalog may be queried (promql_not_allowed).',
};
const NOTE = `You may not use PromQL in this data source. ${BLOCKED.message}`;

const PROMQL: ModelMetricsQuery = { refId: 'A', queryType: 'promql', expr: 'up' };
const CATALOG: ModelMetricsQuery = { refId: 'A', queryType: 'catalog', metric: 'inference_request_rate' };

function fakeFor(access: unknown) {
  return fakeDataSource([], { catalog: CATALOG_PAGE, 'catalog/preview': PREVIEW, access });
}

/** Renders the query editor as a panel does. `access` is what the backend returns about the user's access. */
function setup(access: unknown, first: ModelMetricsQuery, app = CoreApp.PanelEditor) {
  const { datasource, getResource } = fakeFor(access);
  const onChange = jest.fn<void, [ModelMetricsQuery]>();
  function Panel() {
    const [query, setQuery] = useState(first);
    const change = (next: ModelMetricsQuery) => {
      onChange(next);
      setQuery(next);
    };
    return (
      <QueryEditor
        app={app}
        datasource={datasource}
        query={query}
        data={{ state: LoadingState.Done, series: [], timeRange: getDefaultTimeRange() }}
        onChange={change}
        onRunQuery={jest.fn()}
      />
    );
  }
  render(<Panel />);
  return { datasource, getResource, onChange, user: userEvent.setup() };
}

describe('a user who may query only the catalog', () => {
  it('sees the reason instead of PromQL in the query editor', async () => {
    setup(BLOCKED, CATALOG);
    expect(await screen.findByText(NOTE)).toBeInTheDocument();
    expect(screen.queryByLabelText('PromQL')).not.toBeInTheDocument();
    expect(screen.getByLabelText('Catalog')).toBeChecked();
    expect(screen.getByLabelText('Report')).toBeInTheDocument();
    expect(await screen.findByText('Copy')).toBeInTheDocument();
    expect(screen.queryByText('Continue in PromQL')).not.toBeInTheDocument();
  });

  it('sees the expression of a PromQL query, and can replace the query by a catalog query', async () => {
    const { user, onChange } = setup(BLOCKED, PROMQL);
    expect(await screen.findByText('You may not run this query, because it is not in the catalog')).toBeInTheDocument();
    expect(screen.getByText(BLOCKED.message)).toBeInTheDocument();
    expect(screen.getByLabelText('PromQL')).toHaveTextContent('up');
    expect(screen.queryByRole('textbox', { name: 'PromQL' })).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('Catalog'));
    expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ queryType: 'catalog' }));
    expect(await screen.findByText(NOTE)).toBeInTheDocument();
  });

  it('sees no PromQL in the editor of annotations', async () => {
    const { datasource } = fakeFor(BLOCKED);
    render(
      <AnnotationEditor
        datasource={datasource}
        annotation={{ name: 'Deploys', enable: true, iconColor: 'red' }}
        query={{ refId: 'Anno', queryType: 'annotation', expr: 'changes(up[5m])' }}
        onChange={jest.fn()}
        onRunQuery={jest.fn()}
      />
    );
    expect(await screen.findByText('You may not run this query, because it is not in the catalog')).toBeInTheDocument();
    expect(screen.getAllByRole('radio')).toHaveLength(1);
    expect(screen.queryByRole('textbox', { name: 'PromQL' })).not.toBeInTheDocument();
  });

  it('cannot select the type "Query result" for a variable', async () => {
    const { datasource } = fakeFor(BLOCKED);
    const query: VariableQuery = { refId: 'v', queryType: 'catalogMetrics', query: 'catalog_metrics()' };
    render(<VariableQueryEditor datasource={datasource} query={query} onChange={jest.fn()} onRunQuery={jest.fn()} />);
    expect(await screen.findByText(NOTE)).toBeInTheDocument();
    await userEvent.click(screen.getByLabelText('Query type'));
    expect(screen.getByText('Series')).toBeInTheDocument();
    expect(screen.queryByText('Query result')).not.toBeInTheDocument();
  });

  it('sees the expression of a variable of the type "Query result"', async () => {
    const { datasource } = fakeFor(BLOCKED);
    const query: VariableQuery = { refId: 'v', queryType: 'queryResult', expr: 'up', query: 'query_result(up)' };
    render(<VariableQueryEditor datasource={datasource} query={query} onChange={jest.fn()} onRunQuery={jest.fn()} />);
    expect(await screen.findByText('You may not run this query, because it is not in the catalog')).toBeInTheDocument();
    expect(screen.getByText('Query result')).toBeInTheDocument();
    expect(screen.queryByRole('textbox', { name: 'PromQL' })).not.toBeInTheDocument();
  });
});

it.each<[string, unknown]>([
  ['without rules', ALLOWED],
  ['whose PromQL is observed', { ...BLOCKED, promql: 'observe' }],
  ['of a data source that does not report it', new Error('404')],
])('a user %s can select PromQL', async (_, access) => {
  const { getResource } = setup(access, CATALOG);
  await waitFor(() => expect(getResource).toHaveBeenCalledWith('access', undefined, expect.anything()));
  expect(await screen.findByText('Continue in PromQL')).toBeInTheDocument();
  expect(screen.getByLabelText('PromQL')).toBeInTheDocument();
  expect(screen.queryByText(/^You may/)).not.toBeInTheDocument();
});

it.each([
  [
    'access_denied: no rule fits the caller.',
    'No rule fits the caller. This follows from the access rules of the data source (access_denied).',
  ],
  ['', 'Ask an administrator for access.'],
])('a user who may read nothing sees %j', async (message, want) => {
  setup({ ...BLOCKED, denied: true, message }, CATALOG);
  expect(await screen.findByText('You may not read data from this data source')).toBeInTheDocument();
  expect(screen.getByText(want)).toBeInTheDocument();
});

it('the access of a user is loaded once for all editors', async () => {
  const { datasource, getResource } = setup(ALLOWED, CATALOG);
  expect(await screen.findByText('Continue in PromQL')).toBeInTheDocument();
  await datasource.getAccess();
  expect(getResource.mock.calls.filter(([path]) => path === 'access')).toHaveLength(1);
});
