import { isVariableQuery, ModelMetricsQuery } from '../shared/types';
import { kindOf } from './queryKind';

/** Requests the instant result as a table, so that Explore's table has a column for each label. */
export function withInstantTable<Query extends ModelMetricsQuery>(query: Query): Query {
  const isGraph = !isVariableQuery(query) && (query.format ?? 'time_series') === 'time_series';
  return isGraph && kindOf(query) !== 'range' ? { ...query, instantFormat: 'table' } : query;
}
