import { SelectableValue } from '@grafana/data';
import { ConfigSubSection } from '@grafana/plugin-ui';
import { InlineField, InlineSwitch, Select } from '@grafana/ui';
import React from 'react';

import { customParametersProblem } from './customParameters';
import { ModelMetricsOptions } from '../shared/types';
import { DurationField, LABEL_WIDTH, TextField } from './SettingFields';

const METHODS: Array<SelectableValue<'POST' | 'GET'>> = [
  { value: 'POST', label: 'POST', description: 'Queries of any length' },
  { value: 'GET', label: 'GET', description: 'For a proxy that lets nothing else through' },
];

/** What a section of the settings page gets. */
export interface SectionProps {
  options: ModelMetricsOptions;
  disabled: boolean | undefined;
  /** Called with what changed; undefined takes a setting out. */
  onChange: (changed: Partial<ModelMetricsOptions>) => void;
}

/** How often there is a new value, and how long one is waited for. */
export function IntervalSettings({ options, disabled, onChange }: SectionProps) {
  return (
    <ConfigSubSection title="Interval behaviour">
      <DurationField
        id="scrape-interval"
        label="Scrape interval"
        tooltip="How often Prometheus scrapes its targets, as a duration. No step is shorter, and rates look back over four of these at least. Default: 15s."
        placeholder="15s"
        value={options.timeInterval}
        disabled={disabled}
        onChange={(timeInterval) => onChange({ timeInterval })}
      />
      <DurationField
        id="query-timeout"
        label="Query timeout"
        tooltip="When a query is given up, its retries included, as a duration. The timeout of the HTTP settings counts too where it is shorter. Default: 25s, so that a query ends before the evaluation of an alert rule does."
        placeholder="25s"
        value={options.queryTimeout}
        disabled={disabled}
        onChange={(queryTimeout) => onChange({ queryTimeout })}
      />
    </ConfigSubSection>
  );
}

/** How Prometheus is asked. */
export function QuerySettings({ options, disabled, onChange }: SectionProps) {
  const problem = customParametersProblem(options.customQueryParameters ?? '');
  return (
    <ConfigSubSection title="Queries">
      <InlineField
        label="HTTP method"
        labelWidth={LABEL_WIDTH}
        tooltip="How queries are sent. A server that refuses POST is asked with GET anyway. Default: POST."
        disabled={disabled}
        htmlFor="http-method"
      >
        <Select
          inputId="http-method"
          width={20}
          options={METHODS}
          value={options.httpMethod ?? 'POST'}
          onChange={({ value }) => onChange({ httpMethod: value })}
        />
      </InlineField>
      <TextField
        id="custom-query-parameters"
        label="Custom query parameters"
        tooltip="Added to every request, as in a URL. A query can add others, but not change these. Default: none."
        placeholder="dedup=true&max_source_resolution=5m"
        width={40}
        value={options.customQueryParameters}
        disabled={disabled}
        invalid={problem !== undefined}
        error={problem}
        onChange={(customQueryParameters) => onChange({ customQueryParameters })}
      />
      <InlineField
        label="PromQL infos on panels"
        labelWidth={LABEL_WIDTH}
        tooltip="What Prometheus remarks on an expression, such as a rate of a metric that might not be a counter. The query editor always shows it. With this switch panels show it too, as a mark in their header. Default: off."
        disabled={disabled}
        htmlFor="show-infos"
      >
        <InlineSwitch
          id="show-infos"
          value={options.showInfos ?? false}
          onChange={(event) => onChange({ showInfos: event.currentTarget.checked || undefined })}
        />
      </InlineField>
    </ConfigSubSection>
  );
}
