import { autocompletion, closeBrackets } from '@codemirror/autocomplete';
import { history } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { linter } from '@codemirror/lint';
import { Compartment } from '@codemirror/state';
import { EditorView, placeholder as placeholderOf, tooltips } from '@codemirror/view';
import { useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useRef, useState } from 'react';
import useLatest from 'react-use/lib/useLatest';

import { EditorDataSource } from '../shared/editorDataSource';
import { completionOf } from './completion';
import { keys } from './keys';
import { promqlLanguage } from './language';
import { lint } from './lint';
import { themeOf } from './theme';

export interface CodeFieldProps {
  label: string;
  placeholder?: string;
  datasource: EditorDataSource;
  text: string;
  /** Begins at the end of the text. */
  autoFocus?: boolean;
  onChange: (text: string) => void;
  /** Called with the text when the field is left. */
  onLeave: (text: string) => void;
  onRun: (text: string) => void;
}

/** How long nobody may have written before errors are shown, in milliseconds. */
const PAUSE = 400;

/** Edits PromQL as code. It brings CodeMirror along, so it is loaded when it is first needed. */
export function CodeField(props: CodeFieldProps) {
  const { datasource, text } = props;
  const theme = useTheme2();
  const host = useRef<HTMLDivElement>(null);
  const [look] = useState(() => new Compartment());
  const [view, setView] = useState<EditorView>();
  // The editor goes on calling the functions that it began with.
  const latest = useLatest(props);

  useLayoutEffect(() => {
    if (!host.current) {
      return;
    }
    const { label, placeholder = '', text: doc, autoFocus = false } = latest.current;
    const editor = new EditorView({
      parent: host.current,
      doc,
      extensions: [
        keys(({ state }) => latest.current.onRun(state.doc.toString())),
        history(),
        promqlLanguage('name'),
        autocompletion({ override: [completionOf(datasource)], icons: false }),
        linter(({ state }) => lint(state.doc.toString()), { delay: PAUSE }),
        bracketMatching(),
        closeBrackets(),
        placeholderOf(placeholder),
        // What is around the field may hide what sticks out of it.
        tooltips({ parent: document.body }),
        look.of([]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of(
          ({ docChanged, state }) => docChanged && latest.current.onChange(state.doc.toString())
        ),
        EditorView.domEventHandlers({ blur: (_, { state }) => latest.current.onLeave(state.doc.toString()) }),
      ],
    });
    // Unless someone has gone on while it was loaded.
    if (autoFocus && document.activeElement === document.body) {
      editor.dispatch({ selection: { anchor: editor.state.doc.length } });
      editor.focus();
    }
    setView(editor);
    return () => editor.destroy();
  }, [datasource, latest, look]);

  useLayoutEffect(() => view?.dispatch({ effects: look.reconfigure(themeOf(theme)) }), [view, look, theme]);

  // Before anything else can be written, which this would take back.
  useLayoutEffect(() => {
    if (view && view.state.doc.toString() !== text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    }
  }, [view, text]);

  return <div ref={host} />;
}
