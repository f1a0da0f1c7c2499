import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { LabelValuesQuery, Params, ParamValue } from '../../src/types';
import { Catalog, inOrder } from './catalog';
import { datasource, PLUGIN_ID } from './datasource';
import type { PackVariable } from './pack';

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
export function labelVariable(variable: PackVariable, catalog: Catalog) {
  const { name, label, description, values_of: of, metric } = variable;
  const params = inOrder(variable.params, catalog.labels(metric));
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
function labelValuesText(metric: string, params: Params, label: string): string {
  const matchers = Object.entries(params).map(([name, value]) => name + matcherText(value));
  const selector = matchers.length > 0 ? `${metric}{${matchers.join(', ')}}` : metric;
  return `label_values(${selector}, ${label})`;
}

function matcherText(value: ParamValue): string {
  if (typeof value === 'object' && 'op' in value) {
    return `${value.op.replace('!=', '!~')}"${value.values.join('|')}"`;
  }
  return `=~"${[value].flat().join('|')}"`;
}
