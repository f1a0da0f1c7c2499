import { Alert } from '@grafana/ui';
import React from 'react';

import { isCatalogQuery, ModelMetricsQuery } from '../shared/types';
import { variablesIn } from '../shared/variableReference';

/** Tells of variables in an alert rule's query, which no dashboard fills in: as a rule nothing matches them then. */
export function AlertVariables({ query }: { query: ModelMetricsQuery }) {
  const variables = variablesOf(query);
  if (variables.length === 0) {
    return null;
  }
  const [are, them] = variables.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return (
    <Alert
      severity="warning"
      title={`Alert rules know no dashboard variables: ${variables.join(', ')} ${are} taken as written. Put values in place of ${them}.`}
    />
  );
}

// Macros, and the groups of a regular expression, such as $1 in label_replace.
const NO_VARIABLE = /^\W+(?:__|\d)/;

function variablesOf(query: ModelMetricsQuery): string[] {
  const asked = isCatalogQuery(query)
    ? [query.metric, query.params, query.groupBy, query.window]
    : ['expr' in query && query.expr];
  return [...new Set(variablesIn(asked))].filter((variable) => !NO_VARIABLE.test(variable));
}
