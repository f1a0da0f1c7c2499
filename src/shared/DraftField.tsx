import { EditorField } from '@grafana/plugin-ui';
import { Input } from '@grafana/ui';
import React, { ComponentProps, KeyboardEvent, useId, useState } from 'react';

interface DraftProps {
  value: string | undefined;
  /** Called with the finished text, if it is another one. */
  onCommit: (text: string) => void;
}

/** A line that is handed on when it is finished: on leaving it, and on Enter. */
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

/** The same, with its label. */
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

/** A text that is being written. `commit` hands it on, and says whether it was another one. */
export function useDraft(text: string, onCommit: (text: string) => void) {
  const [state, setState] = useState<DraftState>({ text, draft: text });
  if (state.text !== text) {
    // What was handed on may come back late, when more is written already. Any other text is from elsewhere: what stands
    // there now goes before the draft.
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
  /** What was handed on, until the text is another one. */
  sent?: string;
}
