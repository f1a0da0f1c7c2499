import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useCallback, useEffect, useId, useState } from 'react';
import useAsync from 'react-use/lib/useAsync';

import { ValuesField } from '../query/ValuesField';
import { DraftField } from '../shared/DraftField';
import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { NameList } from '../shared/nameList';
import { withParam } from '../shared/params';
import { escapeRegex } from '../shared/promql';
import { option, namesAsOptions } from '../shared/selectOptions';
import { seriesSelector } from '../shared/selector';
import { LabelNamesQuery, LabelValuesQuery, ParamValue } from '../shared/types';
import { useNameList } from '../shared/useNameList';

interface Props {
  datasource: EditorDataSource;
  query: LabelNamesQuery | LabelValuesQuery;
  onChange: (query: LabelNamesQuery | LabelValuesQuery) => void;
}

/** Edits a variable's query for label names or label values. */
export function LabelQueryFields({ datasource, query, onChange }: Props) {
  const id = useId();
  const labels = useAsync(() => datasource.findLabelNames(seriesSelector(query.metric)), [datasource, query.metric]);
  const params = query.params ?? {};

  return (
    <>
      <EditorRow>
        {query.queryType === 'labelValues' && (
          <EditorField
            label="Label"
            htmlFor={`${id}-label`}
            width={30}
            invalid={labels.error !== undefined}
            error={labels.error && errorMessage(labels.error)}
          >
            <Select
              inputId={`${id}-label`}
              allowCustomValue
              isLoading={labels.loading}
              options={labels.value && labelOptions(labels.value)}
              value={query.label ? option(query.label) : null}
              onChange={({ value }) => onChange({ ...query, label: value ?? '' })}
            />
          </EditorField>
        )}
        {query.match === undefined && (
          <PrometheusMetricField
            datasource={datasource}
            metric={query.metric}
            onChange={(metric) => onChange({ ...query, metric })}
          />
        )}
        {query.match !== undefined && (
          <DraftField
            label="Selector"
            tooltip="Limits the series. Clear the selector to use a metric and filters instead."
            width={60}
            spellCheck={false}
            value={query.match}
            onCommit={(match) => onChange({ ...query, match: match || undefined })}
          />
        )}
        {query.queryType === 'labelNames' && query.regex !== undefined && (
          <DraftField
            label="Regular expression"
            tooltip="Matches anywhere in a metric name. Clear the expression to use a metric instead."
            width={40}
            spellCheck={false}
            value={query.regex}
            onCommit={(regex) => onChange({ ...query, regex: regex || undefined })}
          />
        )}
      </EditorRow>
      {query.match === undefined && (
        <EditorRow>
          {Object.entries(params).map(([label, value]) => (
            <ValuesField
              key={label}
              name={label}
              value={value}
              load={(search) =>
                datasource.findLabelValues(
                  label,
                  seriesSelector(query.metric, withParam(params, label, search ? containing(search) : undefined))
                )
              }
              variables={datasource.getVariableNames()}
              // A cleared filter is kept, so that the user can select other values.
              onChange={(next = []) => onChange({ ...query, params: withParam(params, label, next) })}
              onRemove={() => onChange({ ...query, params: withParam(params, label) })}
            />
          ))}
          <EditorField label="Add filter" htmlFor={`${id}-filter`} width={20} optional>
            <Select
              inputId={`${id}-filter`}
              placeholder="Select a label"
              allowCustomValue
              isLoading={labels.loading}
              options={labels.value && labelOptions(labels.value, Object.keys(params))}
              value={null}
              onChange={({ value }) => value && onChange({ ...query, params: { ...params, [value]: [] } })}
            />
          </EditorField>
        </EditorRow>
      )}
    </>
  );
}

interface MetricProps {
  datasource: EditorDataSource;
  metric: string | undefined;
  onChange: (metric: string | undefined) => void;
}

function PrometheusMetricField({ datasource, metric, onChange }: MetricProps) {
  const id = useId();
  const [search, setSearch] = useState('');
  const load = useCallback(
    (text: string) =>
      datasource.findLabelValues('__name__', text ? seriesSelector('', { __name__: containing(text) }) : undefined),
    [datasource]
  );
  const { names, loadNames } = useNameList(load, search);
  useEffect(() => void loadNames(), [loadNames]);
  return (
    <EditorField
      label="Metric"
      htmlFor={`${id}-metric`}
      width={40}
      optional
      tooltip="A metric in Prometheus. Only the labels of its series are listed."
      invalid={names.error !== undefined}
      error={names.error && errorMessage(names.error)}
    >
      <Select
        inputId={`${id}-metric`}
        allowCustomValue
        isClearable
        virtualized
        isLoading={names.loading}
        onInputChange={(text) => setSearch(text)}
        options={names.value && namesAsOptions(names.value, 'Type a part of a name to find others.')}
        value={metric ? option(metric) : null}
        onChange={(next) => onChange(next?.value)}
      />
    </EditorField>
  );
}

/** Returns options for label names. Prometheus can't search label names, so a truncated list can't be searched. */
function labelOptions(labels: NameList, exclude: string[] = []) {
  const values = labels.values.filter((label) => !exclude.includes(label));
  return namesAsOptions({ ...labels, values }, 'Type a name to use another one.');
}

function containing(text: string): ParamValue {
  return { op: '=~', values: [`(?i:.*${escapeRegex(text)}.*)`] };
}
