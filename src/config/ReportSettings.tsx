import { SelectableValue } from '@grafana/data';
import { ConfigSection, ConfigSubSection } from '@grafana/plugin-ui';
import { FieldValidationMessage, InlineField, RadioButtonGroup } from '@grafana/ui';
import React from 'react';

import { ReportOptions, ReportPart } from '../shared/reportOptions';
import { AmountRows } from './AmountRows';
import type { SectionProps } from './QuerySettings';
import { MAX_USD, nonEmpty, PARTS } from './storedReport';
import { LABEL_WIDTH, NumberField } from './SettingFields';

type Role = 'Viewer' | 'Editor' | 'Admin';

const ROLES: Array<SelectableValue<Role>> = [
  { value: 'Viewer', label: 'Viewer' },
  { value: 'Editor', label: 'Editor' },
  { value: 'Admin', label: 'Admin' },
];

/** The category, key, label and unit of each price, except for the prices of tiers. */
const PRICES = [
  ['storage', 'models', 'Storage: models', 'USD/day'],
  ['storage', 'outputs', 'Storage: outputs', 'USD/day'],
  ['network', 'ingress', 'Network: ingress', 'USD/GB'],
  ['network', 'egress', 'Network: egress', 'USD/GB'],
  ['other', 'coldStarts', 'Cold start', 'USD'],
  ['other', 'monitoring', 'Monitoring', 'USD/day'],
  ['other', 'logging', 'Logging', 'USD/day'],
] as const;

/** Edits the settings of the endpoint report. */
export function ReportSettings({ options, disabled, onChange }: SectionProps) {
  const report = options.report ?? {};
  const store = (changed: Partial<ReportOptions>) => onChange({ report: nonEmpty({ ...report, ...changed }) });
  const setRole = (part: ReportPart, role: Role) =>
    store({ roles: nonEmpty({ ...report.roles, [part]: role === 'Viewer' ? undefined : role }) });
  const { compute, ...otherPrices } = report.prices ?? {};
  const lacksCompute = compute === undefined && nonEmpty(otherPrices) !== undefined;
  const setPrices = (changed: NonNullable<ReportOptions['prices']>) =>
    store({ prices: nonEmpty({ ...report.prices, ...changed }) });

  return (
    <ConfigSection
      title="Endpoint report"
      description="These settings restrict which roles may see the reports of TensorOne endpoints. They also contain prices for endpoints that export no costs, and budgets for endpoints that export no budget."
      isCollapsible
      isInitiallyOpen={false}
    >
      <ConfigSubSection
        title="Access"
        description="The minimum role for each section of a report, in panels and in the API. A user who can query this data source can still query the metrics from which reports are computed."
      >
        {PARTS.map((part) => (
          <InlineField key={part} label={titled(part)} labelWidth={LABEL_WIDTH} disabled={disabled}>
            <RadioButtonGroup
              aria-label={`Minimum role for ${part}`}
              options={ROLES}
              value={report.roles?.[part] ?? 'Viewer'}
              disabled={disabled}
              onChange={(role) => setRole(part, role)}
            />
          </InlineField>
        ))}
        <NumberField
          id="report-requests"
          label="Requests per hour"
          tooltip="The maximum number of requests for reports that a user can send to the API in an hour. A batch counts as one request. Panels and alert rules are not limited. Default: 60."
          placeholder="60"
          min={1}
          max={100_000}
          value={report.requestsPerHour}
          disabled={disabled}
          onChange={(requestsPerHour) => store({ requestsPerHour })}
        />
      </ConfigSubSection>
      <ConfigSubSection
        title="Prices"
        description="If an endpoint does not export tensorone_endpoint_cost_total, the costs of the endpoint are computed from these prices. This requires a price for the endpoint's tier."
      >
        <AmountRows
          what="Tier"
          placeholder="premium"
          tooltip="The tier of an endpoint, from the label tier of tensorone_endpoint_info. Write * for all other tiers."
          unit="USD/h"
          maxRows={100}
          value={compute}
          disabled={disabled}
          onChange={(compute) => setPrices({ compute })}
        />
        {lacksCompute && (
          <FieldValidationMessage>
            Add the price of a tier. Without it, the data source uses none of the other prices.
          </FieldValidationMessage>
        )}
        {PRICES.map(([category, item, label, unit]) => {
          const prices: Partial<Record<string, number>> = report.prices?.[category] ?? {};
          return (
            <NumberField
              key={label}
              id={`report-${category}-${item}`}
              label={label}
              tooltip="Costs without a price are not part of the total."
              placeholder="none"
              unit={unit}
              min={0}
              max={MAX_USD}
              step="any"
              value={prices[item]}
              disabled={disabled}
              onChange={(usd) => setPrices({ [category]: nonEmpty({ ...prices, [item]: usd }) })}
            />
          );
        })}
      </ConfigSubSection>
      <ConfigSubSection
        title="Budgets"
        description="The monthly budgets of endpoints that do not export tensorone_endpoint_budget_monthly_usd."
      >
        <AmountRows
          what="Endpoint"
          placeholder="ep_1234567890abcdef"
          tooltip="The id of an endpoint, or * for all other endpoints."
          unit="USD/month"
          maxRows={1000}
          value={report.budgets}
          disabled={disabled}
          onChange={(budgets) => store({ budgets })}
        />
      </ConfigSubSection>
    </ConfigSection>
  );
}

function titled(part: string): string {
  return part[0].toUpperCase() + part.slice(1);
}
