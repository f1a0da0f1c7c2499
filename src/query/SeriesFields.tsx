import { EditorField } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useCallback, useEffect, useId, useState } from 'react';

import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { NameList } from '../shared/nameList';
import { withParam } from '../shared/params';
import { escapeRegex } from '../shared/promql';
import { namesAsOptions, option } from '../shared/selectOptions';
import { seriesSelector } from '../shared/selector';
import { Params, ParamValue } from '../shared/types';
import { useNameList } from '../shared/useNameList';
import { ValuesField } from './ValuesField';

interface MetricProps {
  datasource: EditorDataSource;
  metric: string | undefined;
  onChange: (metric: string | undefined) => void;
}

/** Selects a metric in Prometheus. */
export function PrometheusMetricField({ datasource, metric, onChange }: MetricProps) {
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
export function labelOptions(labels: NameList, exclude: string[] = []) {
  const values = labels.values.filter((label) => !exclude.includes(label));
  return namesAsOptions({ ...labels, values }, 'Type a name to use another one.');
}

function containing(text: string): ParamValue {
  return { op: '=~', values: [`(?i:.*${escapeRegex(text)}.*)`] };
}

interface FiltersProps {
  datasource: EditorDataSource;
  metric: string | undefined;
  params: Params;
  /** The labels of the metric's series, or of all series. */
  labels: NameList | undefined;
  isLoading: boolean;
  onChange: (params: Params) => void;
}

/** Edits the filters of a selector by label. Each filter lists the values of the series that match the others. */
export function SeriesFilters({ datasource, metric, params, labels, isLoading, onChange }: FiltersProps) {
  const id = useId();
  return (
    <>
      {Object.entries(params).map(([label, value]) => (
        <ValuesField
          key={label}
          name={label}
          value={value}
          load={(search) =>
            datasource.findLabelValues(
              label,
              seriesSelector(metric, withParam(params, label, search ? containing(search) : undefined))
            )
          }
          variables={datasource.getVariableNames()}
          // A cleared filter is kept, so that the user can select other values.
          onChange={(next = []) => onChange(withParam(params, label, next))}
          onRemove={() => onChange(withParam(params, label))}
        />
      ))}
      <EditorField label="Add filter" htmlFor={`${id}-filter`} width={20} optional>
        <Select
          inputId={`${id}-filter`}
          placeholder="Select a label"
          allowCustomValue
          isLoading={isLoading}
          options={labels && labelOptions(labels, Object.keys(params))}
          value={null}
          onChange={({ value }) => value && onChange({ ...params, [value]: [] })}
        />
      </EditorField>
    </>
  );
}
