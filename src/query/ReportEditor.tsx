import { SelectableValue } from '@grafana/data';
import { EditorField, EditorRow } from '@grafana/plugin-ui';
import { Alert, MultiSelect, Select } from '@grafana/ui';
import React, { useId, useState } from 'react';
import useAsyncRetry from 'react-use/lib/useAsyncRetry';

import { DraftField } from '../shared/DraftField';
import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { AUTO_TIMEFRAME, ReportOptions, ReportSection, sectionDescription } from '../shared/report';
import { namesAsOptions, option, values } from '../shared/selectOptions';
import { ReportQuery } from '../shared/types';
import { useNameList } from '../shared/useNameList';
import { OptionsLine } from './OptionsLine';

/** The timeframe of a query that doesn't set a timeframe. */
const DEFAULT_TIMEFRAME = '24h';

interface Props {
  datasource: EditorDataSource;
  query: ReportQuery;
  onChange: (query: ReportQuery) => void;
}

/** Edits a report query. */
export function ReportEditor({ datasource, query, onChange }: Props) {
  const id = useId();
  const { value: report, error, retry } = useAsyncRetry(() => datasource.getReportOptions(), [datasource]);
  if (error) {
    return (
      <Alert
        title="The sections of the report could not be loaded"
        severity="error"
        buttonContent="Try again"
        onRemove={retry}
      >
        {errorMessage(error)}
      </Alert>
    );
  }

  const variables = datasource.getVariableNames();
  const timeframe = query.timeframe || DEFAULT_TIMEFRAME;
  const frame = report?.timeframes.find(({ name }) => name === timeframe);
  const granularities = frame?.granularities ?? allGranularities(report);
  const defaultGranularity = frame?.default ?? 'auto';
  const aggregation = query.aggregation || report?.aggregations[0] || 'avg';
  return (
    <>
      <EditorRow>
        <EndpointsField datasource={datasource} query={query} onChange={onChange} variables={variables} />
        <SectionField report={report} query={query} onChange={onChange} variables={variables} />
        <EditorField
          label="Timeframe"
          htmlFor={`${id}-timeframe`}
          width={18}
          tooltip="The length of the report. The report ends at the end of the time range, or now if the range ends later. Auto is the shortest timeframe that covers the time range, or 30d for a longer range."
        >
          <Select<string>
            inputId={`${id}-timeframe`}
            options={[
              ...(report?.timeframes.map(({ name }) => option(name)) ?? []),
              { value: AUTO_TIMEFRAME, label: 'Auto', description: 'Covers the time range' },
              ...variables.map(option),
            ]}
            value={timeframe === AUTO_TIMEFRAME ? { value: timeframe, label: 'Auto' } : option(timeframe)}
            onChange={({ value }) => onChange({ ...query, ...withTimeframe(query, report, value) })}
          />
        </EditorField>
        <EditorField
          label="Granularity"
          htmlFor={`${id}-granularity`}
          width={16}
          tooltip="The time between two points. The end of the report is aligned to the granularity, or to an hour if the granularity is 1d."
        >
          <Select<string>
            inputId={`${id}-granularity`}
            isClearable
            placeholder={defaultGranularity}
            options={[...granularities, ...variables].map(option)}
            value={query.granularity ? option(query.granularity) : null}
            onChange={(next) => onChange({ ...query, granularity: next?.value || undefined })}
          />
        </EditorField>
      </EditorRow>
      <OptionsLine summary={[`Aggregation: ${aggregation}`, `Legend: ${query.legendFormat || 'auto'}`]}>
        <EditorField
          label="Aggregation"
          htmlFor={`${id}-aggregation`}
          width={16}
          tooltip="How a point of a time series is computed. avg computes one value over the complete interval of the point. Any other function first computes values at the finest granularity of the timeframe, and then combines them."
        >
          <Select<string>
            inputId={`${id}-aggregation`}
            options={[...(report?.aggregations ?? []), ...variables].map(option)}
            value={option(aggregation)}
            onChange={({ value }) =>
              onChange({ ...query, aggregation: value === report?.aggregations[0] ? undefined : value })
            }
          />
        </EditorField>
        <DraftField
          label="Legend"
          tooltip="Can contain {{endpoint_id}}, {{field}} and {{title}}."
          width={30}
          placeholder="auto"
          value={query.legendFormat}
          onCommit={(legendFormat) => onChange({ ...query, legendFormat: legendFormat || undefined })}
        />
      </OptionsLine>
    </>
  );
}

/** Changes the timeframe. Removes a granularity that the timeframe doesn't allow, so that the default applies. */
function withTimeframe({ granularity }: ReportQuery, report: ReportOptions | undefined, timeframe: string | undefined) {
  const allowed = report?.timeframes.find(({ name }) => name === timeframe)?.granularities;
  const isAllowed = !allowed || !granularity || granularity.includes('$') || allowed.includes(granularity);
  return {
    timeframe: timeframe === DEFAULT_TIMEFRAME ? undefined : timeframe,
    granularity: isAllowed ? granularity : undefined,
  };
}

function allGranularities(report: ReportOptions | undefined): string[] {
  return [...new Set(report?.timeframes.flatMap(({ granularities }) => granularities))];
}

interface FieldProps {
  query: ReportQuery;
  onChange: (query: ReportQuery) => void;
  variables: string[];
}

function EndpointsField({ datasource, query, onChange, variables }: FieldProps & { datasource: EditorDataSource }) {
  const id = useId();
  const [search, setSearch] = useState('');
  const { names, loadNames } = useNameList((text) => datasource.findEndpoints(text), search);
  const selected = query.endpointIds ?? [];
  const missing = selected.length === 0 ? 'Select an endpoint.' : undefined;
  const problem = names.error ? errorMessage(names.error) : missing;
  return (
    <EditorField label="Endpoints" htmlFor={id} width={40} invalid={problem !== undefined} error={problem}>
      <MultiSelect
        inputId={id}
        placeholder="Select"
        allowCustomValue
        // Grafana's default check of a new option doesn't compare it with options in groups.
        isValidNewOption={(text) =>
          text !== '' && ![...variables, ...(names.value?.values ?? []), ...selected].includes(text)
        }
        isLoading={names.loading}
        onOpenMenu={loadNames}
        onInputChange={(text) => setSearch(text)}
        options={[
          { label: 'Variables', expanded: true, options: variables.map(option) },
          {
            label: 'Endpoints',
            expanded: true,
            options: names.value ? namesAsOptions(names.value, 'Type to search.') : [],
          },
        ]}
        value={selected.map(option)}
        onChange={(next) => onChange({ ...query, endpointIds: values(next) })}
      />
    </EditorField>
  );
}

function SectionField({ report, query, onChange, variables }: FieldProps & { report: ReportOptions | undefined }) {
  const id = useId();
  const section = report?.sections.find(({ path }) => path === query.section);
  const isUnknown = report !== undefined && query.section !== '' && !section && !query.section.includes('$');
  const missing = query.section ? undefined : 'Select a section.';
  return (
    <EditorField
      label="Section"
      htmlFor={id}
      width={50}
      tooltip={section && sectionDescription(section)}
      invalid={isUnknown || missing !== undefined}
      error={isUnknown ? `The report has no section ${query.section}.` : missing}
    >
      <Select<string>
        inputId={id}
        placeholder="Select a section"
        maxMenuHeight={400}
        options={[
          ...sectionGroups(report?.sections ?? []),
          { label: 'Variables', expanded: true, options: variables.map(option) },
        ]}
        // The search includes the descriptions, which begin with the paths.
        filterOption={({ label, data }, text) =>
          words(text).every((word) => `${label} ${data?.description}`.toLowerCase().includes(word))
        }
        value={
          query.section
            ? { value: query.section, label: section ? `${section.title} (${section.path})` : query.section }
            : null
        }
        onChange={({ value = '' }) => onChange({ ...query, section: value })}
      />
    </EditorField>
  );
}

function words(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Returns the sections grouped by the first element of their paths. */
function sectionGroups(sections: ReportSection[]): Array<SelectableValue<string>> {
  const tops = sections.filter(({ path }) => !path.includes('.'));
  return tops.map((top) => ({
    label: top.title,
    expanded: true,
    options: sections
      .filter(({ path }) => path === top.path || path.startsWith(`${top.path}.`))
      .map((section) => ({ value: section.path, label: section.title, description: sectionDescription(section) })),
  }));
}
