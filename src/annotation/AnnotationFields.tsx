import { EditorField, EditorRow, EditorSwitch } from '@grafana/plugin-ui';
import React, { useId } from 'react';

import { EventsQuery } from '../shared/types';
import { DraftField } from '../shared/DraftField';

interface Props {
  query: EventsQuery;
  onChange: (query: EventsQuery) => void;
}

const FILLED = 'A text with labels in it, such as {{model}}; {{value}} is the highest value of the event.';

/** What annotations read like, and at which steps they are looked for. */
export function AnnotationFields({ query, onChange }: Props) {
  const id = useId();
  return (
    <>
      <EditorRow>
        <DraftField
          label="Title"
          tooltip={FILLED}
          width={30}
          placeholder={query.text ? 'none' : 'as in a legend'}
          value={query.title}
          onCommit={(title) => onChange({ ...query, title: title || undefined })}
        />
        <DraftField
          label="Text"
          tooltip={FILLED}
          width={40}
          placeholder="none"
          value={query.text}
          onCommit={(text) => onChange({ ...query, text: text || undefined })}
        />
        <DraftField
          label="Tags"
          tooltip="Words between commas, such as outage, {{model}}. A label that the series lacks makes no tag."
          width={30}
          placeholder="none"
          value={query.tags?.join(', ')}
          onCommit={(text) => onChange({ ...query, tags: tagsOf(text) })}
        />
      </EditorRow>
      <EditorRow>
        <DraftField
          label="Min step"
          tooltip="The shortest time between two looks, such as 15s or 1m. Consecutive steps are one event."
          width={12}
          placeholder="auto"
          value={query.interval}
          onCommit={(interval) => onChange({ ...query, interval: interval || undefined })}
        />
        {query.expr === undefined ? (
          <DraftField
            label="Window"
            tooltip="How far back each step looks, such as 5m. Without one it follows the step."
            width={12}
            placeholder="auto"
            value={query.window}
            onCommit={(window) => onChange({ ...query, window: window || undefined })}
          />
        ) : (
          <EditorField
            label="Value is the time"
            htmlFor={`${id}-time`}
            tooltip="Marks the times that the values are, in Unix milliseconds, such as process_start_time_seconds * 1000."
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
