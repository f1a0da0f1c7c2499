import {
  AdHocVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableOption,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { LabelValuesQuery, Params, ParamValue, ParamValuesQuery } from '../../src/shared/types';
import { Catalog, inOrder, paramsOf } from './catalog';
import { datasource, PLUGIN_ID } from './datasource';
import type { PackVariable } from './pack';

export const DATASOURCE_VARIABLE = 'datasource';

/**
 * Builds the variable for the data source. It is hidden, because usually the provisioned data source is the only one.
 * If the provisioned data source does not exist, Grafana selects the first data source of this type.
 */
export const datasourceVariable = () =>
  new DatasourceVariableBuilder(DATASOURCE_VARIABLE)
    .label('Data source')
    .type(PLUGIN_ID)
    .hide(VariableHide.HideVariable)
    .regex('')
    .current({ selected: true, text: 'Model Metrics', value: 'modelmetrics' });

/** Builds the variable for ad-hoc filters, which the data source adds to every query of the dashboard. */
export const adHocFilters = () => new AdHocVariableBuilder('filters').label('Filters').datasource(datasource);

/** Builds a filter's variable. An option All has the value `.*`, with which the data source omits the filter. */
export function filterVariable(variable: PackVariable, catalog: Catalog) {
  const query = variable.param === undefined ? labelValues(variable, catalog) : paramValues(variable, catalog);
  const builder = new QueryVariableBuilder(variable.name)
    .label(variable.label)
    .description(variable.description)
    .datasource(datasource)
    .definition(query.query)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(!variable.single)
    .includeAll(!variable.required);
  if (!variable.required) {
    builder.allValue('.*');
  }
  return builder.current(initialValue(variable)).options([]);
}

/**
 * Returns the value of a variable when the dashboard is opened. Grafana replaces an empty value with the first option.
 */
function initialValue({ single, required }: PackVariable): VariableOption {
  const text = required ? [] : ['All'];
  const value = required ? [] : ['$__all'];
  return single ? { selected: true, text: text.join(), value: value.join() } : { selected: true, text, value };
}

function labelValues(
  { name, values_of: label = '', metric, params: filters }: PackVariable,
  catalog: Catalog
): LabelValuesQuery {
  const params = inOrder(filters, catalog.labels(metric));
  const query = `label_values(${selectorText(metric, params)}, ${label})`;
  return { refId: name, queryType: 'labelValues', label, metric, params, query };
}

function paramValues({ name, param = '', metric, params: filters }: PackVariable, catalog: Catalog): ParamValuesQuery {
  const params = inOrder(filters, paramsOf(catalog.metric(metric)));
  const query = `param_values(${selectorText(metric, params)}, ${param})`;
  return { refId: name, queryType: 'paramValues', metric, param, params, query };
}

/** Formats a metric and its filters as a selector. The list of variables in Grafana shows a text with this selector. */
function selectorText(metric: string, params: Params): string {
  const matchers = Object.entries(params).map(([name, value]) => name + matcherText(value));
  return matchers.length > 0 ? `${metric}{${matchers.join(', ')}}` : metric;
}

function matcherText(value: ParamValue): string {
  if (typeof value === 'object' && 'op' in value) {
    return `${value.op.replace('!=', '!~')}"${value.values.join('|')}"`;
  }
  return `=~"${[value].flat().join('|')}"`;
}
