import { QueryEditorProps, SelectableValue } from '@grafana/data';
import { EditorField, EditorRow, EditorRows } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { PromQLField } from '../code/PromQLField';
import { AccessNote, isPromQLBlocked } from '../query/AccessNote';
import { variableText } from '../shared/displayText';
import { DraftField } from '../shared/DraftField';
import { EditorDataSource } from '../shared/editorDataSource';
import { ModelMetricsOptions } from '../shared/options';
import { editableQuery } from '../shared/readableQuery';
import { ENDPOINT_LABEL, ENDPOINT_METRIC } from '../shared/report';
import { ModelMetricsQuery, VariableQuery } from '../shared/types';
import { useAccess } from '../shared/useAccess';
import { LabelQueryFields } from './LabelQueryFields';
import { ParamValuesFields } from './ParamValuesFields';
import { storedQuery } from './storedQuery';

export type Props = QueryEditorProps<EditorDataSource, ModelMetricsQuery, ModelMetricsOptions, VariableQuery>;

type QueryType = VariableQuery['queryType'];

/**
 * An option in the menu of query types. It selects label values, and sets the label and the metric so that the values
 * are the ids of endpoints. Report queries use variables with these values.
 */
const ENDPOINTS = 'endpoints';

const QUERY_TYPES: Array<SelectableValue<QueryType | typeof ENDPOINTS>> = [
  { value: 'paramValues', label: 'Parameter values', description: 'Values of a parameter of a catalog metric' },
  { value: 'catalogMetrics', label: 'Catalog metrics', description: 'Names of the metrics in the catalog' },
  { value: 'labelValues', label: 'Label values', description: 'Values of a label in Prometheus' },
  { value: ENDPOINTS, label: 'Endpoints', description: 'Label values that are the ids of TensorOne endpoints' },
  { value: 'labelNames', label: 'Label names', description: 'Names of the labels in Prometheus' },
  { value: 'metricNames', label: 'Metric names', description: 'Names of the metrics in Prometheus' },
  { value: 'series', label: 'Series', description: 'Series that match a selector, with their labels' },
  { value: 'queryResult', label: 'Query result', description: 'Series that a PromQL expression returns' },
];

/** Edits the query of a dashboard variable. */
export function VariableQueryEditor({ datasource, query, onChange, onRunQuery }: Props) {
  const id = useId();
  const stored = storedQuery(query);
  const current = stored ? editableQuery(stored) : emptyQuery('labelValues', '');
  const access = useAccess(datasource);
  const isBlocked = isPromQLBlocked(access);
  // The last query of each other type, which is restored if the user returns to the type.
  const [previous, setPrevious] = useState<Partial<Record<QueryType, VariableQuery>>>({});
  const change = (next: VariableQuery) =>
    onChange({ ...next, refId: next.refId || 'variable', query: variableText(next) });
  const chooseType = (next: QueryType | typeof ENDPOINTS | undefined) => {
    const kept = { ...previous, [current.queryType]: current };
    if (next === ENDPOINTS) {
      setPrevious(kept);
      change({
        refId: current.refId,
        queryType: 'labelValues',
        label: ENDPOINT_LABEL,
        metric: ENDPOINT_METRIC,
        query: '',
      });
    } else if (next && next !== current.queryType) {
      setPrevious(kept);
      change(previous[next] ?? emptyQuery(next, current.refId));
    }
  };

  return (
    <EditorRows>
      <EditorRow>
        <EditorField label="Query type" htmlFor={`${id}-type`} width={30}>
          <Select
            inputId={`${id}-type`}
            options={QUERY_TYPES.filter(({ value }) => value !== 'queryResult' || !isBlocked)}
            value={QUERY_TYPES.find(({ value }) => value === current.queryType)}
            onChange={({ value }) => chooseType(value)}
          />
        </EditorField>
      </EditorRow>
      <AccessNote access={access} expr={current.queryType === 'queryResult' ? current.expr : undefined} />
      {(current.queryType === 'labelValues' || current.queryType === 'labelNames') && (
        <LabelQueryFields datasource={datasource} query={current} onChange={change} />
      )}
      {current.queryType === 'paramValues' && (
        <ParamValuesFields datasource={datasource} query={current} onChange={change} />
      )}
      {current.queryType === 'metricNames' && (
        <EditorRow>
          <DraftField
            label="Regular expression"
            optional
            tooltip="Matches anywhere in a name."
            width={40}
            placeholder="all metrics"
            value={current.regex}
            onCommit={(regex) => change({ ...current, regex: regex || undefined })}
          />
        </EditorRow>
      )}
      {current.queryType === 'series' && (
        <EditorRow>
          <DraftField
            label="Selector"
            width={60}
            spellCheck={false}
            placeholder={'up{job="api"}'}
            value={current.match}
            onCommit={(match) => change({ ...current, match })}
          />
        </EditorRow>
      )}
      {current.queryType === 'queryResult' && !isBlocked && (
        <EditorRow>
          <EditorField label="PromQL" htmlFor={`${id}-expr`} width="100%">
            <PromQLField
              id={`${id}-expr`}
              label="PromQL"
              datasource={datasource}
              value={current.expr}
              onCommit={(expr) => change({ ...current, expr })}
              onRun={onRunQuery}
            />
          </EditorField>
        </EditorRow>
      )}
    </EditorRows>
  );
}

function emptyQuery(queryType: QueryType, refId: string): VariableQuery {
  const base = { refId, query: '' };
  switch (queryType) {
    case 'labelValues':
      return { ...base, queryType, label: '' };
    case 'paramValues':
      return { ...base, queryType, metric: '', param: '' };
    case 'series':
      return { ...base, queryType, match: '' };
    case 'queryResult':
      return { ...base, queryType, expr: '' };
    default:
      return { ...base, queryType };
  }
}
