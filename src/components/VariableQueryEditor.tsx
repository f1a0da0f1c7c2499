import { QueryEditorProps, SelectableValue } from '@grafana/data';
import { EditorField, EditorRow, EditorRows } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useId } from 'react';

import type { ModelMetricsDataSource } from '../datasource';
import { variableText } from '../displayText';
import { ModelMetricsOptions, ModelMetricsQuery, VariableQuery } from '../types';
import { DraftTextArea } from './Draft';
import { LabelQueryFields } from './LabelQueryFields';
import { ParamValuesFields } from './ParamValuesFields';

export type Props = QueryEditorProps<ModelMetricsDataSource, ModelMetricsQuery, ModelMetricsOptions, VariableQuery>;

type QueryType = VariableQuery['queryType'];

const QUERY_TYPES: Array<SelectableValue<QueryType>> = [
  { value: 'paramValues', label: 'Parameter values', description: 'What a parameter of a catalog metric can be' },
  { value: 'catalogMetrics', label: 'Catalog metrics', description: 'Names of the metrics in the catalog' },
  { value: 'labelValues', label: 'Label values', description: 'What a label is in Prometheus' },
  { value: 'labelNames', label: 'Label names', description: 'Which labels there are in Prometheus' },
  { value: 'metricNames', label: 'Metric names', description: 'Which metrics Prometheus holds' },
  { value: 'queryResult', label: 'Query result', description: 'The series that a PromQL expression returns' },
];

/** Edits the query of a dashboard variable. */
export function VariableQueryEditor({ datasource, query, onChange }: Props) {
  const id = useId();
  const current = isVariableQuery(query) ? query : emptyQuery('labelValues', '');
  const change = (next: VariableQuery) =>
    onChange({ ...next, refId: next.refId || 'variable', query: variableText(next) });

  return (
    <EditorRows>
      <EditorRow>
        <EditorField label="Query type" htmlFor={`${id}-type`} width={30}>
          <Select
            inputId={`${id}-type`}
            options={QUERY_TYPES}
            value={current.queryType}
            onChange={({ value }) => value && change(emptyQuery(value, current.refId))}
          />
        </EditorField>
      </EditorRow>
      {(current.queryType === 'labelValues' || current.queryType === 'labelNames') && (
        <LabelQueryFields datasource={datasource} query={current} onChange={change} />
      )}
      {current.queryType === 'paramValues' && (
        <ParamValuesFields datasource={datasource} query={current} onChange={change} />
      )}
      {current.queryType === 'queryResult' && (
        <EditorRow>
          <EditorField label="PromQL" htmlFor={`${id}-expr`} width="100%">
            <DraftTextArea
              id={`${id}-expr`}
              spellCheck={false}
              value={current.expr}
              onCommit={(expr) => change({ ...current, expr })}
            />
          </EditorField>
        </EditorRow>
      )}
    </EditorRows>
  );
}

/** A variable that came from another data source holds a text, or a query of another kind. */
function isVariableQuery(query: Partial<VariableQuery> | string | undefined): query is VariableQuery {
  return typeof query === 'object' && QUERY_TYPES.some(({ value }) => value === query.queryType);
}

function emptyQuery(queryType: QueryType, refId: string): VariableQuery {
  const base = { refId, query: '' };
  switch (queryType) {
    case 'labelValues':
      return { ...base, queryType, label: '' };
    case 'paramValues':
      return { ...base, queryType, metric: '', param: '' };
    case 'queryResult':
      return { ...base, queryType, expr: '' };
    default:
      return { ...base, queryType };
  }
}
