import { SelectableValue } from '@grafana/data';
import { ConfigSubSection } from '@grafana/plugin-ui';
import { InlineField, InlineSwitch, Select } from '@grafana/ui';
import React from 'react';

import { ModelMetricsOptions } from '../shared/options';
import { customParametersProblem } from './customParameters';
import { DurationField, LABEL_WIDTH, TextField } from './SettingFields';

const METHODS: Array<SelectableValue<'POST' | 'GET'>> = [
  { value: 'POST', label: 'POST', description: 'Queries of any length' },
  { value: 'GET', label: 'GET', description: 'For a proxy that allows only GET' },
];

/** The properties of a section of the settings page. */
export interface SectionProps {
  options: ModelMetricsOptions;
  disabled: boolean | undefined;
  /** Called with the changed settings. Undefined removes a setting. */
  onChange: (changed: Partial<ModelMetricsOptions>) => void;
}

/** Edits the scrape interval and the query timeout. */
export function IntervalSettings({ options, disabled, onChange }: SectionProps) {
  return (
    <ConfigSubSection title="Interval behavior">
      <DurationField
        id="scrape-interval"
        label="Scrape interval"
        tooltip="How often Prometheus scrapes its targets, such as 15s or 1m. If a query sets no min step, the scrape interval is the minimum step. $__rate_interval is at least four times the minimum step. Default: 15s."
        placeholder="15s"
        isValid={(seconds) => seconds > 0 && seconds <= 366 * 24 * 3600}
        range="of at most 366 days"
        value={options.timeInterval}
        disabled={disabled}
        onChange={(timeInterval) => onChange({ timeInterval })}
      />
      <DurationField
        id="query-timeout"
        label="Query timeout"
        tooltip="The time limit of a query including its retries, such as 25s. If the HTTP settings also contain a timeout, the shorter of the two applies. If this field is empty, the timeout of the HTTP settings applies. Default: 25s, so that a query ends before the evaluation of an alert rule times out."
        placeholder="25s"
        isValid={(seconds) => seconds >= 0.01 && seconds <= 24 * 3600}
        range="from 10ms to 24h"
        value={options.queryTimeout}
        disabled={disabled}
        onChange={(queryTimeout) => onChange({ queryTimeout })}
      />
    </ConfigSubSection>
  );
}

/** Edits how queries are sent to Prometheus, and whether panels show PromQL infos. */
export function QuerySettings({ options, disabled, onChange }: SectionProps) {
  const problem = customParametersProblem(options.customQueryParameters ?? '');
  return (
    <ConfigSubSection title="Queries">
      <InlineField
        label="HTTP method"
        labelWidth={LABEL_WIDTH}
        tooltip="The HTTP method of queries. If the server answers POST with status 405, the data source uses GET. Default: POST."
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
        tooltip="Added to every request. Write them as in a URL. A query can add other parameters, but can't change these. Default: none."
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
        tooltip="Prometheus reports infos about an expression, for example that a rate is calculated from a metric that might not be a counter. The query editor always shows infos. With this option, panels also show them, as a notice in the header. Default: off."
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
