import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { LabelValuesQuery } from '../../src/types';
import { datasource, PLUGIN_ID } from './datasource';

export interface LabelVariable {
  name: string;
  label: string;
  description: string;
  /** The label whose values it lists. */
  of: string;
  /** The Prometheus metric that carries the label. */
  metric: string;
  /** Filters by label; `$name` refers to another variable, which makes the two a chain. */
  params?: Record<string, string[]>;
}

/**
 * The data source's own variable. It is hidden because there is one data source to choose, the provisioned one; Grafana
 * takes the first of this type where that does not exist.
 */
export const datasourceVariable = () =>
  new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type(PLUGIN_ID)
    .hide(VariableHide.HideVariable)
    .regex('')
    .current({ selected: true, text: 'Model Metrics', value: 'modelmetrics' });

/** A filter over a label's values. "All" is `.*`, which the data source takes for no filter at all. */
export function labelVariable({ name, label, description, of, metric, params = {} }: LabelVariable) {
  const text = labelValuesText(metric, params, of);
  const query: LabelValuesQuery = { refId: name, queryType: 'labelValues', label: of, metric, params, query: text };
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(datasource)
    .definition(text)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] })
    .options([]);
}

/** The query as a person reads it in the list of variables. */
function labelValuesText(metric: string, params: Record<string, string[]>, label: string): string {
  const matchers = Object.entries(params).map(([name, values]) => `${name}=~"${values.join('|')}"`);
  const selector = matchers.length > 0 ? `${metric}{${matchers.join(', ')}}` : metric;
  return `label_values(${selector}, ${label})`;
}
