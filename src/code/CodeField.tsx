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
import { completionSource } from './completion';
import { followUp } from './followUp';
import { infoPosition } from './infoPosition';
import { keys } from './keys';
import { promqlLanguage } from './language';
import { lint } from './lint';
import { preselection } from './preselection';
import { themeOf } from './theme';

export interface CodeFieldProps {
  label: string;
  placeholder?: string;
  datasource: EditorDataSource;
  text: string;
  /** Whether the loaded field gets the focus if nothing else has it, with the cursor at the end of the text. */
  autoFocus?: boolean;
  onChange: (text: string) => void;
  /** Called with the text when the field loses the focus. */
  onBlur: (text: string) => void;
  onRun: (text: string) => void;
}

/** Milliseconds without input before errors are shown. */
const TYPING_PAUSE = 400;

/** Edits PromQL in CodeMirror. PromQLField loads this module when it is first needed, because CodeMirror is large. */
export function CodeField(props: CodeFieldProps) {
  const { datasource, text } = props;
  const theme = useTheme2();
  const host = useRef<HTMLDivElement>(null);
  const [themeCompartment] = useState(() => new Compartment());
  const [view, setView] = useState<EditorView>();
  // The editor keeps calling the functions that it was created with. They read the current props from `latest`.
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
        autocompletion({
          override: [completionSource(datasource)],
          icons: false,
          selectOnOpen: false,
          positionInfo: infoPosition,
        }),
        linter(({ state }) => lint(state.doc.toString()), { delay: TYPING_PAUSE }),
        bracketMatching(),
        closeBrackets(),
        placeholderOf(placeholder),
        // Elements around the field could clip the tooltips, so the tooltips are placed in the body of the page.
        tooltips({ parent: document.body }),
        themeCompartment.of([]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of(
          ({ docChanged, state }) => docChanged && latest.current.onChange(state.doc.toString())
        ),
        // These change the text or the list in response to an update, so onChange must be called first.
        preselection(),
        followUp(),
        EditorView.domEventHandlers({ blur: (_, { state }) => latest.current.onBlur(state.doc.toString()) }),
      ],
    });
    // The user may have moved to another field while the module was loading.
    if (autoFocus && document.activeElement === document.body) {
      editor.dispatch({ selection: { anchor: editor.state.doc.length } });
      editor.focus();
    }
    setView(editor);
    return () => editor.destroy();
  }, [datasource, latest, themeCompartment]);

  useLayoutEffect(
    () => view?.dispatch({ effects: themeCompartment.reconfigure(themeOf(theme)) }),
    [view, themeCompartment, theme]
  );

  // This is a layout effect, because it must run before the next input. A later effect could overwrite that input.
  useLayoutEffect(() => {
    if (view && view.state.doc.toString() !== text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    }
  }, [view, text]);

  return <div ref={host} />;
}
