import { SelectableValue } from '@grafana/data';
import { ConfigSection } from '@grafana/plugin-ui';
import { InlineField, Select } from '@grafana/ui';
import React from 'react';

import { ModelMetricsOptions } from '../types';
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

/** How Prometheus is asked. */
export function QuerySettings({ options, disabled, onChange }: SectionProps) {
  return (
    <ConfigSection title="Queries">
      <DurationField
        id="scrape-interval"
        label="Scrape interval"
        tooltip="How often Prometheus scrapes its targets. No step is shorter, and rates look back over four of these at least."
        placeholder="15s"
        value={options.timeInterval}
        disabled={disabled}
        onChange={(timeInterval) => onChange({ timeInterval })}
      />
      <DurationField
        id="query-timeout"
        label="Query timeout"
        tooltip="When a query is given up, its retries included."
        placeholder="25s"
        value={options.queryTimeout}
        disabled={disabled}
        onChange={(queryTimeout) => onChange({ queryTimeout })}
      />
      <InlineField label="HTTP method" labelWidth={LABEL_WIDTH} disabled={disabled} htmlFor="http-method">
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
        tooltip="Added to every request, as in a URL. A query can add others, but not change these."
        placeholder="dedup=true&max_source_resolution=5m"
        width={40}
        value={options.customQueryParameters}
        disabled={disabled}
        onChange={(customQueryParameters) => onChange({ customQueryParameters })}
      />
    </ConfigSection>
  );
}
