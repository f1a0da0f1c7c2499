import { hasOperator, paramValues } from '../shared/params';
import { AdHocFilter, CatalogQuery, Params, ParamValue, PromQLQuery } from '../shared/types';

/** A filter for one value of a label, or for all other values. */
export interface ValueFilter extends AdHocFilter {
  operator: '=' | '!=';
}

/**
 * Adds a filter to a query. `params` contains the names of the catalog metric's parameters. If one of them has the name
 * of the filter's label and can express the filter, this parameter is changed. Otherwise the filter is added as an
 * ad-hoc filter, which replaces any `=` or `!=` filter for the same label and value.
 */
export function withFilter<Query extends CatalogQuery | PromQLQuery>(
  query: Query,
  filter: ValueFilter,
  params: string[] = []
): Query {
  if (query.queryType === 'catalog' && params.includes(filter.key)) {
    const param = narrowParam(query.params?.[filter.key], filter);
    if (param) {
      return { ...query, params: { ...query.params, [filter.key]: param } satisfies Params };
    }
  }
  const isOther = ({ key, operator, value }: AdHocFilter) =>
    key !== filter.key || value !== filter.value || (operator !== '=' && operator !== '!=');
  return { ...query, adhocFilters: [...(query.adhocFilters ?? []).filter(isOther), filter] };
}

/**
 * Limits a parameter to a value, or excludes a value from it. Returns undefined if a value is to be excluded and the
 * parameter already has values with an operator other than `!=`, because a parameter has only one operator.
 */
function narrowParam(param: ParamValue | undefined, { operator, value }: ValueFilter): ParamValue | undefined {
  if (operator === '=') {
    return [value];
  }
  const values = paramValues(param);
  if (values.length === 0) {
    return { op: '!=', values: [value] };
  }
  if (!hasOperator(param) || param.op !== '!=') {
    return undefined;
  }
  return values.includes(value) ? param : { ...param, values: [...values, value] };
}
