import { CodeEditor, Monaco, MonacoEditor, Text, TextArea } from '@grafana/ui';
import React, { forwardRef, useEffect, useImperativeHandle, useRef, useState } from 'react';
import useLatest from 'react-use/lib/useLatest';
import useTimeout from 'react-use/lib/useTimeout';

/** A problem that the editor marks in a line. */
export interface Mark {
  /** The line, counted from 1, or 0 if it is unknown. */
  line: number;
  text: string;
}

export interface LineEditor {
  /** Moves the focus to a line, counted from 1. Has no effect while the code editor is loading. */
  goTo: (line: number) => void;
}

interface Props {
  label: string;
  value: string;
  readOnly: boolean | undefined;
  marks: Mark[];
  onChange: (text: string) => void;
}

/** A loaded code editor. */
interface Code {
  editor: MonacoEditor;
  monaco: Monaco;
}

/** Milliseconds after which a plain field replaces a code editor that has not loaded. */
const LOAD_TIMEOUT = 10_000;

/** The owner of the problem markers. `setModelMarkers` replaces only the markers of the same owner. */
const OWNER = 'modelmetrics';

/** Edits YAML in Grafana's code editor, or in a plain field if the code editor isn't loaded within LOAD_TIMEOUT. */
export const YamlEditor = forwardRef<LineEditor, Props>(function YamlEditor(props, ref) {
  const [code, setCode] = useState<Code>();
  const [isLate] = useTimeout(LOAD_TIMEOUT);
  if (!code && isLate()) {
    return <PlainYaml {...props} ref={ref} />;
  }
  return <CodeYaml {...props} code={code} onLoad={setCode} ref={ref} />;
});

interface CodeProps extends Props {
  code: Code | undefined;
  onLoad: (code: Code) => void;
}

const CodeYaml = forwardRef<LineEditor, CodeProps>(function CodeYaml(
  { label, value, readOnly, marks, code, onLoad, onChange },
  ref
) {
  // The code editor keeps calling the function that it first received. This function calls the current `onChange`.
  const change = useLatest(onChange);

  useImperativeHandle(
    ref,
    () => ({
      goTo: (line) => {
        code?.editor.revealLineInCenter(line);
        code?.editor.setPosition({ lineNumber: line, column: 1 });
        code?.editor.focus();
      },
    }),
    [code]
  );

  useEffect(() => {
    if (code) {
      setMarkers(code, marks);
    }
  }, [code, marks]);

  return (
    <>
      <CodeEditor
        language="yaml"
        height={360}
        showLineNumbers
        showMiniMap={false}
        monacoOptions={{ ariaLabel: label, scrollBeyondLastLine: false }}
        value={value}
        readOnly={readOnly}
        onChange={(text) => change.current(text)}
        onEditorDidMount={(editor, monaco) => onLoad({ editor, monaco })}
      />
      {!readOnly && (
        <Text variant="bodySmall" color="secondary">
          Tab indents. Press Ctrl+M (Ctrl+Shift+M on a Mac) to make Tab move to the next field.
        </Text>
      )}
    </>
  );
});

function setMarkers({ editor, monaco }: Code, marks: Mark[]) {
  const model = editor.getModel();
  if (!model) {
    return;
  }
  const inText = marks.filter(({ line }) => line >= 1 && line <= model.getLineCount());
  monaco.editor.setModelMarkers(
    model,
    OWNER,
    inText.map(({ line, text }) => ({
      severity: monaco.MarkerSeverity.Error,
      message: text,
      startLineNumber: line,
      startColumn: model.getLineFirstNonWhitespaceColumn(line),
      endLineNumber: line,
      endColumn: model.getLineMaxColumn(line),
    }))
  );
}

const PlainYaml = forwardRef<LineEditor, Props>(function PlainYaml({ label, value, readOnly, onChange }, ref) {
  const area = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({ goTo: (line) => area.current && selectLine(area.current, line) }), []);
  return (
    <TextArea
      ref={area}
      aria-label={label}
      rows={18}
      spellCheck={false}
      value={value}
      readOnly={readOnly}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
});

function selectLine(area: HTMLTextAreaElement, line: number) {
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  // The line is selected first, because the call of `focus` scrolls to the selection.
  area.setSelectionRange(start, start + (lines[line - 1] ?? '').length);
  area.focus();
}
