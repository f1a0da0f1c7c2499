import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useId } from 'react';
import useAsync from 'react-use/lib/useAsync';

import { labelOptions, PrometheusMetricField, SeriesFilters } from '../query/SeriesFields';
import { DraftField } from '../shared/DraftField';
import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { option } from '../shared/selectOptions';
import { seriesSelector } from '../shared/selector';
import { LabelNamesQuery, LabelValuesQuery } from '../shared/types';

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
          <SeriesFilters
            datasource={datasource}
            metric={query.metric}
            params={params}
            labels={labels.value}
            isLoading={labels.loading}
            onChange={(next) => onChange({ ...query, params: next })}
          />
        </EditorRow>
      )}
    </>
  );
}
