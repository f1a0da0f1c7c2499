import {
  DataFrame,
  FieldType,
  getFieldDisplayName,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lastValueFrom } from 'rxjs';

import { buildPanels, panel } from './testPack';

describe('a table', () => {
  beforeAll(() => {
    const { organizeFieldsTransformer, joinByFieldTransformer } = standardTransformers;
    standardTransformersRegistry.setInit(() =>
      [organizeFieldsTransformer, joinByFieldTransformer].map((transformation) => ({
        id: transformation.id,
        name: transformation.name,
        transformation,
        editor: () => null,
      }))
    );
  });

  const columns = [
    { label: 'model', title: 'Model' },
    { label: 'tenant', title: 'Tenant' },
  ];

  it('has the columns of the pack in their order, followed by the values', async () => {
    const [built] = buildPanels(
      panel(1, { show: 'table', group_by: ['item', 'model', 'tenant'], columns, legend: 'Now' })
    );
    const frame = tableFrame('A', { item: ['x'], model: ['a'], tenant: ['b'] }, 'Now', [1]);
    expect(await transform(built, [frame])).toEqual({ Model: ['a'], Tenant: ['b'], Now: [1] });
  });

  it('has the width of a column in pixels', () => {
    const [built] = buildPanels(
      panel(1, { show: 'table', group_by: ['model', 'tenant'], columns: [{ ...columns[0], width: 160 }, columns[1]] })
    );
    const widths = built.fieldConfig?.overrides?.filter(({ properties }) => properties[0].id === 'custom.width');
    expect(widths).toMatchObject([{ matcher: { options: 'Model' }, properties: [{ value: 160 }] }]);
  });

  it('has all labels and the title of the metric by default', async () => {
    const [built] = buildPanels(panel(1, { show: 'table' }));
    expect(await transform(built, [tableFrame('A', { model: ['a'] }, undefined, [1])])).toEqual({
      model: ['a'],
      Orders: [1],
    });
    expect(built.options).toMatchObject({ sortBy: [{ displayName: 'Orders', desc: true }] });
  });

  it('joins further metrics to its rows, with their units and thresholds', async () => {
    const [built] = buildPanels(
      panel(1, {
        show: 'table',
        group_by: ['model', 'tenant'],
        columns,
        legend: 'Orders now',
        decimals: 0,
        and: [
          { metric: 'wait', group_by: ['model'], legend: 'Waits', decimals: 1 },
          { metric: 'total', group_by: ['model'], legend: 'Of all' },
        ],
      })
    );
    const rows = tableFrame('A', { model: ['a', 'b'], tenant: ['t', 'u'] }, 'Orders now', [1, 2]);
    const frame = (refId: string, heading: string) => tableFrame(refId, { model: ['b'] }, heading, [7]);
    const joined = { Model: ['a', 'b'], Tenant: ['t', 'u'], 'Orders now': [1, 2] };
    expect(await transform(built, [rows, frame('B', 'Waits'), frame('C', 'Of all')])).toEqual({
      ...joined,
      Waits: [undefined, 7],
      'Of all': [undefined, 7],
    });
    // A query without data does not shift the columns of other queries.
    expect(await transform(built, [rows, { refId: 'B', fields: [], length: 0 }, frame('C', 'Of all')])).toEqual({
      ...joined,
      'Of all': [undefined, 7],
    });
    expect(built.fieldConfig).toMatchObject({
      defaults: { unit: 'ops', decimals: 0 },
      overrides: [
        { matcher: { options: 'Orders now' }, properties: [{ id: 'custom.cellOptions' }] },
        {
          matcher: { options: 'Waits' },
          properties: [
            { id: 'unit', value: 's' },
            { id: 'decimals', value: 1 },
            { id: 'thresholds', value: { steps: [{ color: 'blue' }] } },
            { id: 'noValue', value: '–' },
          ],
        },
        { matcher: { options: 'Of all' } },
      ],
    });
  });
});

/** Returns a table in the form in which the data source returns it. */
function tableFrame(refId: string, labels: Record<string, string[]>, heading: string | undefined, values: number[]) {
  const text = (name: string, texts: string[]) => ({ name, type: FieldType.string, config: {}, values: texts });
  const frame: DataFrame = {
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: values.map(() => 0) },
      ...Object.entries(labels).map(([name, texts]) => text(name, texts)),
      { name: 'Value', type: FieldType.number, config: { displayNameFromDS: heading }, values },
    ],
    length: values.length,
  };
  return frame;
}

/** Applies the panel's transformations to frames. Returns the columns by their headings. */
async function transform(panel: Panel, frames: DataFrame[]): Promise<Record<string, unknown[]>> {
  const steps = (panel.transformations ?? []).map(({ id, options }) => ({ id, options }));
  const [frame] = await lastValueFrom(transformDataFrame(steps, frames));
  const columns = frame.fields.map((field) => [getFieldDisplayName(field, frame), field.values] as const);
  expect(columns.map(([heading]) => heading)).toEqual([...new Set(columns.map(([heading]) => heading))]);
  return Object.fromEntries(columns);
}
