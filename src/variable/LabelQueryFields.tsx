import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useCallback, useEffect, useId, useState } from 'react';
import useAsync from 'react-use/lib/useAsync';

import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { NameList } from '../shared/nameList';
import { withParam } from '../shared/params';
import { escapeRegex } from '../shared/promql';
import { seriesSelector } from '../shared/selector';
import { LabelNamesQuery, LabelValuesQuery, ParamValue } from '../shared/types';
import { DraftField } from '../shared/DraftField';
import { option, optionsOf } from '../shared/selectOptions';
import { useNameList } from '../shared/useNameList';
import { ValuesField } from '../query/ValuesField';

interface Props {
  datasource: EditorDataSource;
  query: LabelNamesQuery | LabelValuesQuery;
  onChange: (query: LabelNamesQuery | LabelValuesQuery) => void;
}

/** Which label, on which Prometheus metric, beside which other labels. */
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
            tooltip="Of the series that count. It says more than a metric and filters can; without it, those are asked for."
            width={60}
            spellCheck={false}
            value={query.match}
            onCommit={(match) => onChange({ ...query, match: match || undefined })}
          />
        )}
        {query.queryType === 'labelNames' && query.regex !== undefined && (
          <DraftField
            label="Regular expression"
            tooltip="Matches a part of the metrics’ names. Without it, a metric is asked for."
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
                  seriesSelector(query.metric, withParam(params, label, having(search)))
                )
              }
              variables={datasource.getVariableNames()}
              // One that was emptied stays, so that it can be filled again.
              onChange={(next = []) => onChange({ ...query, params: withParam(params, label, next) })}
              onRemove={() => onChange({ ...query, params: withParam(params, label) })}
            />
          ))}
          <EditorField label="Add filter" htmlFor={`${id}-filter`} width={20} optional>
            <Select
              inputId={`${id}-filter`}
              placeholder="Choose a label"
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
  const { names: listed, loadNames } = useNameList(load, search);
  useEffect(() => void loadNames(), [loadNames]);
  return (
    <EditorField
      label="Metric"
      htmlFor={`${id}-metric`}
      width={40}
      optional
      tooltip="A metric of Prometheus. With one, only its labels count."
      invalid={listed.error !== undefined}
      error={listed.error && errorMessage(listed.error)}
    >
      <Select
        inputId={`${id}-metric`}
        allowCustomValue
        isClearable
        virtualized
        isLoading={listed.loading}
        onInputChange={(text) => setSearch(text)}
        options={listed.value && optionsOf(listed.value, 'type a part of a name')}
        value={metric ? option(metric) : null}
        onChange={(next) => onChange(next?.value)}
      />
    </EditorField>
  );
}

/** Prometheus doesn't look for a part of a label's name. */
function labelOptions(labels: NameList, without: string[] = []) {
  const values = labels.values.filter((label) => !without.includes(label));
  return optionsOf({ ...labels, values }, 'type another one to use it');
}

function having(search: string): ParamValue | undefined {
  return search ? containing(search) : undefined;
}

function containing(text: string): ParamValue {
  return { op: '=~', values: [`(?i:.*${escapeRegex(text)}.*)`] };
}
