import { DataSourcePluginOptionsEditorProps, SelectableValue } from '@grafana/data';
import {
  AdvancedHttpSettings,
  Auth,
  ConfigSection,
  ConnectionSettings,
  convertLegacyAuthProps,
  SecureSocksProxyToggle,
} from '@grafana/plugin-ui';
import { Divider, InlineField, Input, Select } from '@grafana/ui';
import React from 'react';

import { isDuration } from '../duration';
import { ModelMetricsOptions } from '../types';

type Props = DataSourcePluginOptionsEditorProps<ModelMetricsOptions>;
type Options = Props['options'];

const LABEL_WIDTH = 24;
const METHODS: Array<SelectableValue<'POST' | 'GET'>> = [
  { value: 'POST', label: 'POST', description: 'Queries of any length' },
  { value: 'GET', label: 'GET', description: 'For a proxy that lets nothing else through' },
];

/** The data source's settings: where Prometheus is, who asks, and how. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  const { jsonData, readOnly } = options;
  const set = (changed: Partial<ModelMetricsOptions>) =>
    onOptionsChange({ ...options, jsonData: { ...jsonData, ...changed } });

  return (
    <>
      <ConnectionSettings
        config={options}
        onChange={onOptionsChange}
        urlLabel="Prometheus server URL"
        urlPlaceholder="http://localhost:9090"
        urlTooltip="The base of a Prometheus HTTP API: Prometheus, Mimir, Thanos or VictoriaMetrics."
      />
      <Divider />
      <Auth {...convertLegacyAuthProps({ config: options, onChange: onOptionsChange })} />
      <Divider />
      <ConfigSection title="Queries">
        <DurationField
          id="scrape-interval"
          label="Scrape interval"
          tooltip="How often Prometheus scrapes its targets. No step is shorter, and rates look back over four of these at least."
          placeholder="15s"
          value={jsonData.timeInterval}
          disabled={readOnly}
          onChange={(timeInterval) => set({ timeInterval })}
        />
        <DurationField
          id="query-timeout"
          label="Query timeout"
          tooltip="When a query is given up, its retries included."
          placeholder="25s"
          value={jsonData.queryTimeout}
          disabled={readOnly}
          onChange={(queryTimeout) => set({ queryTimeout })}
        />
        <InlineField label="HTTP method" labelWidth={LABEL_WIDTH} disabled={readOnly} htmlFor="http-method">
          <Select
            inputId="http-method"
            width={20}
            options={METHODS}
            value={jsonData.httpMethod ?? 'POST'}
            onChange={({ value }) => set({ httpMethod: value })}
          />
        </InlineField>
      </ConfigSection>
      <Divider />
      <ConfigSection title="Advanced settings" isCollapsible isInitiallyOpen={false}>
        <AdvancedHttpSettings
          config={withTimeout(options)}
          onChange={(config) => onOptionsChange(withoutEmptyTimeout(config))}
        />
        <SecureSocksProxyToggle dataSourceConfig={options} onChange={onOptionsChange} labelWidth={LABEL_WIDTH} />
      </ConfigSection>
    </>
  );
}

interface DurationFieldProps {
  id: string;
  label: string;
  tooltip: string;
  placeholder: string;
  value: string | undefined;
  disabled: boolean | undefined;
  onChange: (value: string | undefined) => void;
}

function DurationField({ id, label, tooltip, placeholder, value = '', disabled, onChange }: DurationFieldProps) {
  const wrong = value !== '' && !isDuration(value);
  return (
    <InlineField
      label={label}
      labelWidth={LABEL_WIDTH}
      tooltip={tooltip}
      disabled={disabled}
      htmlFor={id}
      invalid={wrong}
      error="Write a duration such as 15s or 1m30s."
    >
      <Input
        id={id}
        width={20}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      />
    </InlineField>
  );
}

// The field for the timeout wants a value even where there is none, and says NaN when it is emptied. Stored, either would
// mean "no timeout" to the SDK.

function withTimeout(options: Options) {
  return { ...options, jsonData: { timeout: '', ...options.jsonData } };
}

function withoutEmptyTimeout({ jsonData, ...options }: ReturnType<typeof withTimeout>): Options {
  const { timeout, ...rest } = jsonData;
  return { ...options, jsonData: timeout ? { ...rest, timeout: Number(timeout) } : rest };
}
