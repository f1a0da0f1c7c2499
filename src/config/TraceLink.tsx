import { SelectableValue } from '@grafana/data';
import { DataSourcePicker } from '@grafana/runtime';
import { Button, InlineField, InlineFieldRow, Input, RadioButtonGroup } from '@grafana/ui';
import React, { useId } from 'react';

import { TraceDestination } from '../shared/types';

type Kind = 'datasource' | 'url';

const KINDS: Array<SelectableValue<Kind>> = [
  { value: 'datasource', label: 'Data source' },
  { value: 'url', label: 'Web page' },
];

interface Props {
  /** Its place in the list, from 1. */
  number: number;
  link: TraceDestination;
  disabled: boolean | undefined;
  onChange: (link: TraceDestination) => void;
  onRemove: () => void;
}

/** One label of exemplars that holds a trace id, and where that leads. */
export function TraceLink({ number, link, disabled, onChange, onRemove }: Props) {
  const id = useId();
  const { name, datasourceUid, url, urlDisplayLabel } = link;
  const kind: Kind = url !== undefined && !datasourceUid ? 'url' : 'datasource';
  const text = { name, ...(urlDisplayLabel && { urlDisplayLabel }) };

  return (
    <InlineFieldRow role="group" aria-label={`Trace link ${number}`}>
      <InlineField
        label="Label"
        tooltip="The label of the exemplar that holds the trace id, such as trace_id."
        disabled={disabled}
        htmlFor={`${id}-label`}
        invalid={!name}
        error="Name the label."
      >
        <Input
          id={`${id}-label`}
          width={14}
          placeholder="trace_id"
          value={name}
          onChange={(event) => onChange({ ...link, name: event.currentTarget.value })}
        />
      </InlineField>
      <InlineField
        label="Leads to"
        tooltip="Where traces are kept: a tracing data source of this Grafana, or a web page. Default: a data source."
        disabled={disabled}
      >
        <RadioButtonGroup
          options={KINDS}
          value={kind}
          onChange={(next) => onChange(next === 'url' ? { ...text, url: '' } : text)}
        />
      </InlineField>
      {kind === 'datasource' ? (
        <InlineField disabled={disabled}>
          <DataSourcePicker
            inputId={`${id}-datasource`}
            tracing
            noDefault
            width={34}
            placeholder="Choose a tracing data source"
            current={datasourceUid ?? null}
            disabled={disabled}
            onChange={({ uid }) => onChange({ ...text, datasourceUid: uid })}
          />
        </InlineField>
      ) : (
        <InlineField disabled={disabled}>
          <Input
            aria-label="URL"
            width={34}
            placeholder="https://traces.example.com/${__value.raw}"
            value={url}
            onChange={(event) => onChange({ ...link, url: event.currentTarget.value })}
          />
        </InlineField>
      )}
      <InlineField
        label="Link text"
        tooltip="What the link says. Default: View trace."
        disabled={disabled}
        htmlFor={`${id}-text`}
      >
        <Input
          id={`${id}-text`}
          width={16}
          placeholder="View trace"
          value={urlDisplayLabel ?? ''}
          onChange={(event) => onChange({ ...link, urlDisplayLabel: event.currentTarget.value || undefined })}
        />
      </InlineField>
      {!disabled && (
        <Button variant="secondary" icon="trash-alt" aria-label={`Remove trace link ${number}`} onClick={onRemove} />
      )}
    </InlineFieldRow>
  );
}
