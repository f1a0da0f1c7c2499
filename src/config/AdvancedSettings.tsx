import { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { AdvancedHttpSettings, ConfigSection, SecureSocksProxyToggle } from '@grafana/plugin-ui';
import { Stack } from '@grafana/ui';
import React from 'react';

import { ModelMetricsOptions } from '../shared/options';
import { LimitSettings } from './LimitSettings';
import { IntervalSettings, QuerySettings, SectionProps } from './QuerySettings';
import { LABEL_WIDTH } from './SettingFields';
import { TraceLinks } from './TraceLinks';

type Props = DataSourcePluginOptionsEditorProps<ModelMetricsOptions>;
type Options = Props['options'];

/** Settings that most data sources don't need. The order is similar to that of Grafana's Prometheus data source. */
export function AdvancedSettings({ options, onOptionsChange, section }: Props & { section: SectionProps }) {
  return (
    <ConfigSection
      title="Advanced settings"
      description="Settings that most data sources don't need. An empty field means the default."
    >
      <Stack direction="column" gap={3}>
        <div>
          <AdvancedHttpSettings
            config={withTimeout(options)}
            onChange={(config) => onOptionsChange(withoutEmptyTimeout(config))}
          />
          {/* The switch has no property to disable it. */}
          <fieldset disabled={options.readOnly}>
            <SecureSocksProxyToggle dataSourceConfig={options} onChange={onOptionsChange} labelWidth={LABEL_WIDTH} />
          </fieldset>
        </div>
        <IntervalSettings {...section} />
        <QuerySettings {...section} />
        <LimitSettings {...section} />
        <TraceLinks {...section} />
      </Stack>
    </ConfigSection>
  );
}

// Grafana's field for the timeout requires a value even if no timeout is set. A cleared field passes NaN, which JSON
// can't store.

function withTimeout(options: Options) {
  return { ...options, jsonData: { timeout: '', ...options.jsonData } };
}

function withoutEmptyTimeout({ jsonData, ...options }: ReturnType<typeof withTimeout>): Options {
  const { timeout, ...rest } = jsonData;
  return { ...options, jsonData: timeout ? { ...rest, timeout: Number(timeout) } : rest };
}
