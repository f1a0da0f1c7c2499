import { render, screen, within, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { fakeDataSource, Resources } from '../testing/datasource';
import { PromQLTools } from './PromQLTools';

const ok = (data: unknown) => ({ status: 'success', data });

const RESOURCES: Resources = {
  access: { restricted: false },
  'api/v1/metadata': ok({ requests_total: [{ type: 'counter', help: 'Requests.' }] }),
  'api/v1/rules': ok({
    groups: [
      {
        rules: [
          { type: 'recording', name: 'requests:rate5m', query: 'sum(rate(requests_total[5m]))' },
          { type: 'alerting', name: 'Down', query: 'up == 0' },
        ],
      },
    ],
  }),
  'api/v1/label/__name__/values': ok(['requests_total', 'up']),
  'api/v1/labels': ok(['job', 'instance']),
  'api/v1/label/job/values': ok(['lango', 'tango']),
};

function setup(first: string, { isHeatmap = false, resources = RESOURCES } = {}) {
  const { datasource, getResource } = fakeDataSource([], resources);
  function Editor() {
    const [expr, setExpr] = useState(first);
    return (
      <>
        <PromQLTools datasource={datasource} expr={expr} isHeatmap={isHeatmap} onChange={setExpr} />
        <output>{expr}</output>
      </>
    );
  }
  render(<Editor />);
  return { user: userEvent.setup(), getResource, expr: () => screen.getByRole('status').textContent };
}

describe('hints', () => {
  it('are applied with a click', async () => {
    const { user, expr } = setup('requests_total');
    expect(await screen.findByText('requests_total is a counter, which only rises.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Apply rate()' }));
    expect(expr()).toBe('rate(requests_total[$__rate_interval])');
    expect(screen.queryByRole('group', { name: 'Hints' })).not.toBeInTheDocument();
  });

  it('offer a recording rule', async () => {
    const { user, expr, getResource } = setup('sum(rate(requests_total[5m])) > 1');
    await user.click(await screen.findByRole('button', { name: 'Use requests:rate5m' }));
    expect(expr()).toBe('requests:rate5m > 1');
    expect(getResource).toHaveBeenCalledWith('api/v1/rules', { type: 'record' }, { showErrorAlert: false });
  });

  it('offer no recording rule if an access rule restricts the user', async () => {
    const { getResource } = setup('sum(rate(requests_total[5m])) > 1', {
      resources: { ...RESOURCES, access: { restricted: true } },
    });
    await waitFor(() => expect(getResource).toHaveBeenCalledWith('access', undefined, { showErrorAlert: false }));
    expect(getResource).not.toHaveBeenCalledWith('api/v1/rules', expect.anything(), expect.anything());
    expect(screen.queryByRole('button', { name: 'Use requests:rate5m' })).not.toBeInTheDocument();
  });

  it('need neither rules nor metadata', async () => {
    setup('other_total', { resources: {} });
    expect(await screen.findByRole('button', { name: 'Apply rate()' })).toBeInTheDocument();
  });
});

describe('the explanation', () => {
  it('lists the parts of the expression', async () => {
    const { user } = setup('sum by (job) (up)');
    await user.click(screen.getByRole('button', { name: 'Explain' }));
    const list = await screen.findByRole('list', { name: 'Explanation' });
    const parts = within(list).getAllByRole('listitem');
    expect(parts[0]).toHaveTextContent(/sum by \(job\) \(up\).*One result for each value of job/);
    expect(parts[1]).toHaveTextContent(/^upThe latest value of each series of up\.$/);
  });

  it.each([
    ['sum(', 'The expression has a syntax error, so it can’t be explained.'],
    ['', 'Write an expression first.'],
  ])('of %j is missing, with a reason', async (expr, reason) => {
    const { user } = setup(expr);
    await user.click(screen.getByRole('button', { name: 'Explain' }));
    expect(await screen.findByText(reason)).toBeInTheDocument();
  });
});

describe('the metrics browser', () => {
  it('builds an expression from a metric, a label and its values', async () => {
    const { user, expr, getResource } = setup('');
    await user.click(screen.getByRole('button', { name: 'Metrics browser' }));
    expect(await screen.findByText('Select a metric or add a filter.')).toBeInTheDocument();

    await user.click(screen.getByLabelText(/^Metric/));
    await user.keyboard('requests_total{Enter}');
    await user.click(screen.getByLabelText(/^Add filter/));
    await user.click(await screen.findByText('job'));
    expect(getResource).toHaveBeenCalledWith(
      'api/v1/labels',
      { limit: 1000, 'match[]': 'requests_total' },
      expect.anything()
    );
    await user.click(screen.getByLabelText('job'));
    await user.click(await screen.findByText('tango'));
    expect(getResource).toHaveBeenCalledWith(
      'api/v1/label/job/values',
      { limit: 1000, 'match[]': 'requests_total' },
      expect.anything()
    );

    await user.click(screen.getByRole('button', { name: /^Use rate\(/ }));
    expect(expr()).toBe('rate(requests_total{job="tango"}[$__rate_interval])');
    expect(screen.queryByLabelText(/^Add filter/)).not.toBeInTheDocument();
  });

  it('shows why labels can’t be listed', async () => {
    const { user } = setup('', { resources: { ...RESOURCES, 'api/v1/labels': new Error('refused') } });
    await user.click(screen.getByRole('button', { name: 'Metrics browser' }));
    expect(await screen.findByText('refused')).toBeInTheDocument();
  });
});
