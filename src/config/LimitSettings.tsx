import { ConfigSubSection } from '@grafana/plugin-ui';
import { InlineField, InlineSwitch } from '@grafana/ui';
import React from 'react';

import type { SectionProps } from './QuerySettings';
import { LABEL_WIDTH, NumberField } from './SettingFields';

/** Edits the limits of responses and retries, and whether partial results are used. */
export function LimitSettings({ options, disabled, onChange }: SectionProps) {
  return (
    <ConfigSubSection
      title="Limits"
      description="These limits keep one query from using all of Grafana's memory."
      isCollapsible
      isInitiallyOpen={false}
    >
      <NumberField
        id="response-limit"
        label="Response limit"
        tooltip="The maximum size of one response, and of all responses for one request from Grafana together, decompressed. Default: 256 MiB."
        placeholder="256"
        unit="MiB"
        min={0.1}
        max={2 ** 20}
        step="any"
        value={options.responseLimitMiB}
        disabled={disabled}
        onChange={(responseLimitMiB) => onChange({ responseLimitMiB })}
      />
      <NumberField
        id="series-limit"
        label="Series limit"
        tooltip="The maximum number of series in one response. Default: 50,000."
        placeholder="50,000"
        min={1}
        max={1e7}
        value={options.seriesLimit}
        disabled={disabled}
        onChange={(seriesLimit) => onChange({ seriesLimit })}
      />
      <NumberField
        id="sample-limit"
        label="Sample limit"
        tooltip="The maximum number of samples in one response, for all series together. Default: 10,000,000."
        placeholder="10,000,000"
        min={1}
        max={1e9}
        value={options.sampleLimit}
        disabled={disabled}
        onChange={(sampleLimit) => onChange({ sampleLimit })}
      />
      <InlineField
        label="Partial data"
        labelWidth={LABEL_WIDTH}
        tooltip="If a response exceeds one of these limits, a panel shows an error. With this option, the panel shows a notice and the part of the response that is within the limits. Calculations in the panel then miss the rest. Alert rules never use truncated responses. Default: off."
        disabled={disabled}
        htmlFor="partial-data"
      >
        <InlineSwitch
          id="partial-data"
          value={options.partialData ?? false}
          onChange={(event) => onChange({ partialData: event.currentTarget.checked || undefined })}
        />
      </InlineField>
      <InlineField
        label="Partial results in alerts"
        labelWidth={LABEL_WIDTH}
        tooltip="Servers such as Thanos, Mimir and VictoriaMetrics return a partial result with a warning if a part of their storage is unavailable. Panels show the result and the warning. The query of an alert rule fails, because the missing data could change the alert's state. With this option, alert rules use partial results, too. Default: off."
        disabled={disabled}
        htmlFor="partial-alerts"
      >
        <InlineSwitch
          id="partial-alerts"
          value={options.partialAlerts ?? false}
          onChange={(event) => onChange({ partialAlerts: event.currentTarget.checked || undefined })}
        />
      </InlineField>
      <NumberField
        id="max-retries"
        label="Retries"
        tooltip="The number of retries after a failed connection, such as a refused connection or an unknown host name. Retries after other failures, such as a timeout or an overloaded server, have fixed limits. Default: 2."
        placeholder="2"
        min={0}
        max={10}
        value={options.maxRetries}
        disabled={disabled}
        onChange={(maxRetries) => onChange({ maxRetries })}
      />
    </ConfigSubSection>
  );
}
