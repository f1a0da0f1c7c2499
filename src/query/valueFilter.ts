import { hasOperator, paramValues } from '../shared/params';
import { AdHocFilter, CatalogQuery, Params, ParamValue, PromQLQuery } from '../shared/types';

/** What a click on a value wants to see: that value alone, or all others. */
export interface ValueFilter extends AdHocFilter {
  operator: '=' | '!=';
}

/**
 * Adds a filter to a query: to a parameter of its catalog metric, if there is one of that name in `params` and it can
 * say so; otherwise among the query's own ad-hoc filters, which the backend writes into every selector.
 */
export function withFilter<Query extends CatalogQuery | PromQLQuery>(
  query: Query,
  filter: ValueFilter,
  params: string[] = []
): Query {
  if (query.queryType === 'catalog' && params.includes(filter.key)) {
    const param = narrowed(query.params?.[filter.key], filter);
    if (param) {
      return { ...query, params: { ...query.params, [filter.key]: param } satisfies Params };
    }
  }
  const isOther = ({ key, operator, value }: AdHocFilter) =>
    key !== filter.key || value !== filter.value || (operator !== '=' && operator !== '!=');
  return { ...query, adhocFilters: [...(query.adhocFilters ?? []).filter(isOther), filter] };
}

/** The parameter with the filter; undefined where one operator can't say both. */
function narrowed(param: ParamValue | undefined, { operator, value }: ValueFilter): ParamValue | undefined {
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
