import { EditorField, EditorRow, EditorSwitch } from '@grafana/plugin-ui';
import React, { useId } from 'react';

import { EventsQuery } from '../types';
import { DraftInput } from './Draft';

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
        <EditorField label="Title" htmlFor={`${id}-title`} tooltip={FILLED}>
          <DraftInput
            id={`${id}-title`}
            width={30}
            placeholder={query.text ? 'none' : 'as in a legend'}
            value={query.title}
            onCommit={(title) => onChange({ ...query, title: title || undefined })}
          />
        </EditorField>
        <EditorField label="Text" htmlFor={`${id}-text`} tooltip={FILLED}>
          <DraftInput
            id={`${id}-text`}
            width={40}
            placeholder="none"
            value={query.text}
            onCommit={(text) => onChange({ ...query, text: text || undefined })}
          />
        </EditorField>
        <EditorField
          label="Tags"
          htmlFor={`${id}-tags`}
          tooltip="Words between commas, such as outage, {{model}}. A label that the series lacks makes no tag."
        >
          <DraftInput
            id={`${id}-tags`}
            width={30}
            placeholder="none"
            value={query.tags?.join(', ')}
            onCommit={(text) => onChange({ ...query, tags: tagsOf(text) })}
          />
        </EditorField>
      </EditorRow>
      <EditorRow>
        <EditorField
          label="Min step"
          htmlFor={`${id}-step`}
          tooltip="The shortest time between two looks, such as 15s or 1m. Consecutive steps are one event."
        >
          <DraftInput
            id={`${id}-step`}
            width={12}
            placeholder="auto"
            value={query.interval}
            onCommit={(interval) => onChange({ ...query, interval: interval || undefined })}
          />
        </EditorField>
        {query.expr === undefined ? (
          <EditorField
            label="Window"
            htmlFor={`${id}-window`}
            tooltip="How far back each step looks, such as 5m. Without one it follows the step."
          >
            <DraftInput
              id={`${id}-window`}
              width={12}
              placeholder="auto"
              value={query.window}
              onCommit={(window) => onChange({ ...query, window: window || undefined })}
            />
          </EditorField>
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
