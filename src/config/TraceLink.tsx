import { SelectableValue } from '@grafana/data';
import { DataSourcePicker } from '@grafana/runtime';
import { Button, InlineField, InlineFieldRow, Input, RadioButtonGroup } from '@grafana/ui';
import React, { useId } from 'react';

import { TraceDestination } from '../shared/options';

type Kind = 'datasource' | 'url';

const KINDS: Array<SelectableValue<Kind>> = [
  { value: 'datasource', label: 'Data source' },
  { value: 'url', label: 'Web page' },
];

interface Props {
  /** The position in the list, from 1. */
  number: number;
  link: TraceDestination;
  disabled: boolean | undefined;
  onChange: (link: TraceDestination) => void;
  onRemove: () => void;
}

/** Edits one trace link: the exemplars' label with the trace ID, and the target of the link. */
export function TraceLink({ number, link, disabled, onChange, onRemove }: Props) {
  const id = useId();
  const { name, datasourceUid, url, urlDisplayLabel } = link;
  const kind: Kind = url !== undefined && !datasourceUid ? 'url' : 'datasource';
  const text = { name, ...(urlDisplayLabel && { urlDisplayLabel }) };

  return (
    <InlineFieldRow role="group" aria-label={`Trace link ${number}`}>
      <InlineField
        label="Label"
        tooltip="The exemplar's label with the trace ID, such as trace_id."
        disabled={disabled}
        htmlFor={`${id}-label`}
        invalid={!name}
        error="Enter a label."
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
        label="Link to"
        tooltip="The target of the link: a tracing data source of this Grafana, or a web page. Default: a data source."
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
            placeholder="Select a tracing data source"
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
        tooltip="The text of the link. Default: View trace."
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
