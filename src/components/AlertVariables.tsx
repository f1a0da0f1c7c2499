import { Alert } from '@grafana/ui';
import React from 'react';

import { isCatalogQuery, ModelMetricsQuery } from '../types';

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

// Neither macros nor the groups of a regular expression, such as $1 in label_replace.
const VARIABLE = /\$(?!__)[a-zA-Z_]\w*|\$\{(?!__)[a-zA-Z_][^{}]*\}|\[\[(?!__)[a-zA-Z_][\w:]*\]\]/g;

function variablesOf(query: ModelMetricsQuery): string[] {
  const asked = isCatalogQuery(query)
    ? [query.metric, query.params, query.groupBy, query.window]
    : ['expr' in query && query.expr];
  return [...new Set(JSON.stringify(asked).match(VARIABLE))];
}
