import { EditorField, EditorRow, EditorSwitch } from '@grafana/plugin-ui';
import React, { useId } from 'react';

import { DraftField } from '../shared/DraftField';
import { EventsQuery } from '../shared/types';

interface Props {
  query: EventsQuery;
  onChange: (query: EventsQuery) => void;
}

const TEMPLATE = 'Can contain labels, such as {{model}}. {{value}} is the highest value of the event.';

/** Edits the texts of an annotation and the options of its query. */
export function AnnotationFields({ query, onChange }: Props) {
  const id = useId();
  return (
    <>
      <EditorRow>
        <DraftField
          label="Title"
          tooltip={TEMPLATE}
          width={30}
          placeholder={query.text ? 'none' : 'series name'}
          value={query.title}
          onCommit={(title) => onChange({ ...query, title: title || undefined })}
        />
        <DraftField
          label="Text"
          tooltip={TEMPLATE}
          width={40}
          placeholder="none"
          value={query.text}
          onCommit={(text) => onChange({ ...query, text: text || undefined })}
        />
        <DraftField
          label="Tags"
          tooltip="Separated by commas, such as “outage, {{model}}”. If the series doesn't have a label, the label is left out. Empty tags are omitted."
          width={30}
          placeholder="none"
          value={query.tags?.join(', ')}
          onCommit={(text) => onChange({ ...query, tags: tagsOf(text) })}
        />
      </EditorRow>
      <EditorRow>
        <DraftField
          label="Min step"
          tooltip="The shortest step, such as 15s or 1m. Consecutive steps with a value above 0 form one event."
          width={12}
          placeholder="auto"
          value={query.interval}
          onCommit={(interval) => onChange({ ...query, interval: interval || undefined })}
        />
        {query.expr === undefined ? (
          <DraftField
            label="Window"
            tooltip="The time range from which each value is computed, such as 5m. Default: derived from the step. If the metric's query contains $__range, the default is the dashboard's time range."
            width={12}
            placeholder="auto"
            value={query.window}
            onCommit={(window) => onChange({ ...query, window: window || undefined })}
          />
        ) : (
          <EditorField
            label="Series value as timestamp"
            htmlFor={`${id}-time`}
            tooltip="The values are times in Unix milliseconds, such as process_start_time_seconds * 1000."
          >
            <EditorSwitch
              id={`${id}-time`}
              value={query.useValueForTime ?? false}
              onChange={(event) => onChange({ ...query, useValueForTime: event.currentTarget.checked || undefined })}
            />
          </EditorField>
        )}
      </EditorRow>
    </>
  );
}

function tagsOf(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);
}
