import { TextArea } from '@grafana/ui';
import React, { KeyboardEvent, useEffect, useState } from 'react';

import { useDraft } from '../shared/DraftField';
import { EditorDataSource } from '../shared/editorDataSource';
import { rememberQuery } from './recent';

type Code = typeof import('./CodeField');

let loadedCode: Code | undefined;

interface Props {
  id: string;
  label: string;
  placeholder?: string;
  datasource: EditorDataSource;
  value: string;
  /** Called with the text when the field loses the focus or the user runs the query, if the text has changed. */
  onCommit: (text: string) => void;
  /** Called when the user runs the query, if the text hasn't changed. */
  onRun: () => void;
  /** Whether the code editor gets the focus when it is loaded. */
  autoFocus?: boolean;
}

/** Edits PromQL in a code editor, or in a plain field as long as the code editor isn't loaded. */
export function PromQLField({ id, label, placeholder, datasource, value, onCommit, onRun, autoFocus = false }: Props) {
  // The code editor normalizes line breaks. That must not count as a change by the user.
  const { draft, edit, commit } = useDraft(value.replace(/\r\n?/g, '\n'), (text) => {
    rememberQuery(datasource.uid, text);
    onCommit(text);
  });
  const code = useCode();
  const [isInPlainField, setInPlainField] = useState(false);
  const run = (text = draft) => commit(text) || onRun();

  // The code editor replaces the plain field when it is loaded, but not while the plain field has the focus.
  if (code && !isInPlainField) {
    return (
      <code.CodeField
        label={label}
        placeholder={placeholder}
        datasource={datasource}
        text={draft}
        autoFocus={autoFocus}
        onChange={edit}
        onBlur={commit}
        onRun={run}
      />
    );
  }
  return (
    <TextArea
      id={id}
      aria-label={label}
      rows={3}
      spellCheck={false}
      placeholder={placeholder}
      value={draft}
      onChange={(event) => edit(event.currentTarget.value)}
      onFocus={() => setInPlainField(true)}
      onBlur={() => {
        setInPlainField(false);
        commit();
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Enter' && (event.shiftKey || event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          run();
        }
      }}
    />
  );
}

/** Loads the code editor. Returns undefined until it is loaded. */
function useCode(): Code | undefined {
  const [code, setCode] = useState(loadedCode);
  useEffect(() => {
    if (!code) {
      import(/* webpackChunkName: "promql" */ './CodeField').then(
        (loaded) => {
          loadedCode = loaded;
          setCode(loaded);
        },
        () => {} // The plain field is sufficient, and the next field tries to load the editor again.
      );
    }
  }, [code]);
  return code;
}
