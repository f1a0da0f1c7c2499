import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useId } from 'react';
import useAsync from 'react-use/lib/useAsync';

import type { ModelMetricsDataSource } from '../datasource';
import { errorMessage } from '../errorMessage';
import { escapeRegex } from '../promql';
import { seriesSelector } from '../selector';
import { LabelNamesQuery, LabelValuesQuery, ParamValue } from '../types';
import { withParam } from './CatalogParams';
import { DraftField } from './Draft';
import { option } from './options';
import { ValuesField } from './ValuesField';

interface Props {
  datasource: ModelMetricsDataSource;
  query: LabelNamesQuery | LabelValuesQuery;
  onChange: (query: LabelNamesQuery | LabelValuesQuery) => void;
}

/** Which label, on which Prometheus metric, beside which other labels. */
export function LabelQueryFields({ datasource, query, onChange }: Props) {
  const id = useId();
  const metrics = useAsync(() => datasource.getLabelValues('__name__'), [datasource]);
  const labels = useAsync(() => datasource.getLabelNames(seriesSelector(query.metric)), [datasource, query.metric]);
  const params = query.params ?? {};
  const unfiltered = (labels.value ?? []).filter((label) => !(label in params));

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
              options={labels.value?.map(option)}
              value={query.label ? option(query.label) : null}
              onChange={({ value }) => onChange({ ...query, label: value ?? '' })}
            />
          </EditorField>
        )}
        {query.match === undefined && (
          <EditorField
            label="Metric"
            htmlFor={`${id}-metric`}
            width={40}
            optional
            tooltip="A metric of Prometheus. With one, only its labels count."
            invalid={metrics.error !== undefined}
            error={metrics.error && errorMessage(metrics.error)}
          >
            <Select
              inputId={`${id}-metric`}
              allowCustomValue
              isClearable
              virtualized
              isLoading={metrics.loading}
              options={metrics.value?.map(option)}
              value={query.metric ? option(query.metric) : null}
              onChange={(next) => onChange({ ...query, metric: next?.value })}
            />
          </EditorField>
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
              options={unfiltered.map(option)}
              value={null}
              onChange={({ value }) => value && onChange({ ...query, params: { ...params, [value]: [] } })}
            />
          </EditorField>
        </EditorRow>
      )}
    </>
  );
}

function having(search: string): ParamValue | undefined {
  return search ? { op: '=~', values: [`(?i:.*${escapeRegex(search)}.*)`] } : undefined;
}
