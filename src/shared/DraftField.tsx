import { EditorField } from '@grafana/plugin-ui';
import { Input } from '@grafana/ui';
import React, { ComponentProps, KeyboardEvent, useId, useState } from 'react';

interface DraftProps {
  value: string | undefined;
  /** Called with the text on blur or Enter, if the text has changed. */
  onCommit: (text: string) => void;
}

/** A text input that commits its text on blur and on Enter. */
export function DraftInput({
  value = '',
  onCommit,
  ...props
}: DraftProps & Omit<ComponentProps<typeof Input>, 'value'>) {
  const { draft, edit, commit } = useDraft(value, onCommit);
  const onKeyDown = (event: KeyboardEvent) => event.key === 'Enter' && commit();
  return (
    <Input
      {...props}
      value={draft}
      onChange={(event) => edit(event.currentTarget.value)}
      onBlur={() => commit()}
      onKeyDown={onKeyDown}
    />
  );
}

/** A DraftInput with a label. */
export function DraftField({
  label,
  tooltip,
  optional,
  ...input
}: Omit<ComponentProps<typeof DraftInput>, 'id' | 'label'> &
  Pick<ComponentProps<typeof EditorField>, 'label' | 'tooltip' | 'optional'>) {
  const id = useId();
  return (
    <EditorField label={label} htmlFor={id} tooltip={tooltip} optional={optional}>
      <DraftInput id={id} {...input} />
    </EditorField>
  );
}

/**
 * Keeps a draft of a text while the user edits it. `commit` passes the draft to `onCommit` if the draft differs from
 * `text`, and returns whether it differs.
 */
export function useDraft(text: string, onCommit: (text: string) => void) {
  const [state, setState] = useState<DraftState>({ text, draft: text });
  if (state.text !== text) {
    // If the new `text` is the draft that was committed last, the user may have typed more since then, so the current
    // draft is kept. Any other new `text` was changed elsewhere and replaces the draft.
    setState({ text, draft: text === state.sent ? state.draft : text });
  }
  return {
    draft: state.draft,
    edit: (draft: string) => setState(({ sent }) => ({ text, draft, sent })),
    commit: (draft = state.draft) => {
      const isChanged = draft !== text;
      if (isChanged) {
        setState({ text, draft, sent: draft });
        onCommit(draft);
      }
      return isChanged;
    },
  };
}

interface DraftState {
  text: string;
  draft: string;
  /** The last committed draft, until `text` changes. */
  sent?: string;
}
