import { TextArea } from '@grafana/ui';
import React, { KeyboardEvent, useEffect, useState } from 'react';

import { rememberQuery } from './recent';
import { EditorDataSource } from '../shared/editorDataSource';
import { useDraft } from '../shared/DraftField';

type Code = typeof import('./CodeField');

let loadedCode: Code | undefined;

interface Props {
  id: string;
  label: string;
  placeholder?: string;
  datasource: EditorDataSource;
  value: string;
  /** Called with the finished text, if it is another one: on leaving the field, and before it runs. */
  onCommit: (text: string) => void;
  /** Called for a text that is to run as it stands. */
  onRun: () => void;
  /** Begin in the field, with its code editor. */
  opened?: boolean;
}

/** Edits PromQL as code, or in a plain field until the code editor is loaded, and where it can't be. */
export function PromQLField({ id, label, placeholder, datasource, value, onCommit, onRun, opened = false }: Props) {
  // With the code editor's ends of lines: those that it replaces are no change of anybody's.
  const { draft, edit, commit } = useDraft(value.replace(/\r\n?/g, '\n'), (text) => {
    rememberQuery(datasource.uid, text);
    onCommit(text);
  });
  const code = useCode();
  const [isInPlainField, setInPlainField] = useState(false);
  const run = (text = draft) => commit(text) || onRun();

  // Nobody's field changes while they write in it.
  if (code && !isInPlainField) {
    return (
      <code.CodeField
        label={label}
        placeholder={placeholder}
        datasource={datasource}
        text={draft}
        autoFocus={opened}
        onChange={edit}
        onLeave={commit}
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

/** The code editor once it is loaded, which it is when it is first used. */
function useCode(): Code | undefined {
  const [code, setCode] = useState(loadedCode);
  useEffect(() => {
    if (!code) {
      import(/* webpackChunkName: "promql" */ './CodeField').then(
        (loaded) => {
          loadedCode = loaded;
          setCode(loaded);
        },
        () => {} // The plain field does too, and the next one tries again.
      );
    }
  }, [code]);
  return code;
}
