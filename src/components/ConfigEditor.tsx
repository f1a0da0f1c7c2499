import { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import {
  AdvancedHttpSettings,
  Auth,
  ConfigSection,
  ConnectionSettings,
  convertLegacyAuthProps,
  SecureSocksProxyToggle,
} from '@grafana/plugin-ui';
import { Divider } from '@grafana/ui';
import React from 'react';

import { ModelMetricsOptions } from '../types';
import { LimitSettings } from './LimitSettings';
import { OwnMetrics } from './OwnMetrics';
import { QuerySettings, SectionProps } from './QuerySettings';
import { LABEL_WIDTH } from './SettingFields';
import { TraceLinks } from './TraceLinks';

type Props = DataSourcePluginOptionsEditorProps<ModelMetricsOptions>;
type Options = Props['options'];

/** The data source's settings: where Prometheus is, who asks, and how. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  const section: SectionProps = {
    options: options.jsonData,
    disabled: options.readOnly,
    onChange: (changed) =>
      onOptionsChange({ ...options, jsonData: withoutUndefined({ ...options.jsonData, ...changed }) }),
  };

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
      <QuerySettings {...section} />
      <Divider />
      <OwnMetrics uid={options.uid} {...section} />
      <Divider />
      <TraceLinks {...section} />
      <Divider />
      <LimitSettings {...section} />
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

/** A field that is emptied leaves no key behind. */
function withoutUndefined(jsonData: ModelMetricsOptions): ModelMetricsOptions {
  return Object.fromEntries(Object.entries(jsonData).filter(([, value]) => value !== undefined));
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
