import { CoreApp, getDefaultTimeRange, LoadingState } from '@grafana/data';
import { config } from '@grafana/runtime';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { AuditQuery, ModelMetricsQuery } from '../shared/types';
import { fakeDataSource } from '../testing/datasource';
import { QueryEditor } from './QueryEditor';

const AUDIT: AuditQuery = { refId: 'A', queryType: 'audit' };
const CATALOG: ModelMetricsQuery = { refId: 'A', queryType: 'catalog', metric: 'inference_request_rate' };

/** Renders the query editor for a user with the given role. */
function setup(role: string, first: ModelMetricsQuery, app = CoreApp.Explore) {
  config.bootData = { user: { orgRole: role } } as unknown as typeof config.bootData;
  const { datasource } = fakeDataSource([{ name: 'who', value: 'alice' }]);
  const onChange = jest.fn<void, [ModelMetricsQuery]>();
  const onRunQuery = jest.fn();
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
        onRunQuery={onRunQuery}
      />
    );
  }
  render(<Panel />);
  return { onChange, onRunQuery, user: userEvent.setup() };
}

describe('the audit log', () => {
  it('can be selected by an administrator, and runs', async () => {
    const { user, onChange, onRunQuery } = setup('Admin', CATALOG);
    await user.click(await screen.findByLabelText('Audit log'));
    expect(onChange).toHaveBeenLastCalledWith({ ...CATALOG, queryType: 'audit' });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.getByLabelText('Actor')).toHaveValue('');
    await user.click(screen.getByLabelText('Catalog'));
    expect(onChange).toHaveBeenLastCalledWith(CATALOG);
  });

  it.each<[string, CoreApp]>([
    ['Editor', CoreApp.Explore],
    ['Viewer', CoreApp.Explore],
    ['', CoreApp.Explore],
    ['Admin', CoreApp.UnifiedAlerting],
  ])('is not offered to the role %j in %s', async (role, app) => {
    setup(role, CATALOG, app);
    expect(await screen.findByLabelText('Report')).toBeInTheDocument();
    expect(screen.queryByLabelText('Audit log')).not.toBeInTheDocument();
  });

  it('is shown to a viewer if a panel contains it', async () => {
    setup('Viewer', { ...AUDIT, actor: 'bob' });
    expect(await screen.findByLabelText('Audit log')).toBeChecked();
    expect(screen.getByLabelText('Actor')).toHaveValue('bob');
  });

  it('can be filtered', async () => {
    const { user, onChange, onRunQuery } = setup('Admin', AUDIT);
    await user.type(await screen.findByLabelText('Actor'), 'alert:ab{Enter}');
    await user.click(screen.getByLabelText('Verdict'));
    await user.click(await screen.findByText('The query was refused'));
    await user.click(screen.getByLabelText('Reason'));
    await user.click(await screen.findByText('A range or a step exceeds the maximum'));
    await user.type(screen.getByLabelText('Limit'), '50{Enter}');
    const filtered = { ...AUDIT, actor: 'alert:ab', verdict: 'block', reason: 'range_too_long', limit: 50 };
    expect(onChange).toHaveBeenLastCalledWith(filtered);
    expect(onRunQuery).toHaveBeenCalledTimes(4);

    await user.clear(screen.getByLabelText('Limit'));
    await user.tab();
    await user.clear(screen.getByLabelText('Actor'));
    await user.tab();
    expect(onChange).toHaveBeenLastCalledWith({ ...filtered, actor: undefined, limit: undefined });
  });

  it('can be filtered by variables', async () => {
    const { user, onChange } = setup('Admin', AUDIT, CoreApp.PanelEditor);
    await user.click(await screen.findByLabelText('Reason'));
    await user.click(await screen.findByText('$who'));
    expect(onChange).toHaveBeenLastCalledWith({ ...AUDIT, reason: '$who' });
  });
});
