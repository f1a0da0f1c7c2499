import { hasOperator, paramValues } from '../shared/params';
import { AdHocFilter, CatalogQuery, Params, ParamValue, PromQLQuery } from '../shared/types';

/** A filter for one value of a label, or for all other values. */
export interface ValueFilter extends AdHocFilter {
  operator: '=' | '!=';
}

/**
 * Adds a filter to a query. `params` contains the names of the catalog metric's parameters. If the label is one of
 * them, and the parameter can express the filter, the parameter is changed. Otherwise an ad-hoc filter is added.
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

/** Adds a filter to a parameter. Returns undefined if one operator can't express both the parameter and the filter. */
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
