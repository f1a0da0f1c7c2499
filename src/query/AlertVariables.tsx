import { Alert } from '@grafana/ui';
import React from 'react';

import { isCatalogQuery, isReportQuery, ModelMetricsQuery } from '../shared/types';
import { variablesIn } from '../shared/variableReference';

/**
 * Warns of dashboard variables in an alert rule's query. Grafana doesn't replace them there, so the query usually has
 * no result.
 */
export function AlertVariables({ query }: { query: ModelMetricsQuery }) {
  const variables = variablesOf(query);
  if (variables.length === 0) {
    return null;
  }
  const advice =
    variables.length === 1 ? 'is not replaced. Enter a value instead.' : 'are not replaced. Enter values instead.';
  return (
    <Alert severity="warning" title={`Alert rules can't use dashboard variables: ${variables.join(', ')} ${advice}`} />
  );
}

// Matches macros, and references to groups of a regular expression, such as $1 in label_replace.
const NOT_A_VARIABLE = /^\W+(?:__|\d)/;

function variablesOf(query: ModelMetricsQuery): string[] {
  const texts = textsOf(query);
  return [...new Set(variablesIn(texts))].filter((variable) => !NOT_A_VARIABLE.test(variable));
}

function textsOf(query: ModelMetricsQuery): unknown[] {
  if (isCatalogQuery(query)) {
    return [query.metric, query.params, query.groupBy, query.window];
  }
  if (isReportQuery(query)) {
    return [query.endpointIds, query.section, query.timeframe, query.granularity, query.aggregation];
  }
  return ['expr' in query && query.expr];
}
