import { CodeEditor, Monaco, MonacoEditor, Text, TextArea } from '@grafana/ui';
import React, { forwardRef, useEffect, useImperativeHandle, useRef, useState } from 'react';
import useLatest from 'react-use/lib/useLatest';
import useTimeout from 'react-use/lib/useTimeout';

/** Something wrong in a line. */
export interface Mark {
  /** From 1; 0 where it isn't known. */
  line: number;
  text: string;
}

export interface LineEditor {
  /** Puts the cursor on a line, counted from 1. */
  goTo: (line: number) => void;
}

interface Props {
  label: string;
  value: string;
  readOnly: boolean | undefined;
  marks: Mark[];
  onChange: (text: string) => void;
}

/** What a code editor is made of once it is loaded. */
interface Code {
  editor: MonacoEditor;
  monaco: Monaco;
}

/** How long the code editor may take to load, in milliseconds. */
const PATIENCE = 10_000;

/** Who the marks in a code editor are from. */
const OWNER = 'modelmetrics';

/** Edits YAML in Grafana's code editor, or in a plain field where Grafana can't load that. */
export const YamlEditor = forwardRef<LineEditor, Props>(function YamlEditor(props, ref) {
  const [code, setCode] = useState<Code>();
  const [isLate] = useTimeout(PATIENCE);
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
  // The code editor goes on calling the functions of its first rendering.
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
      mark(code, marks);
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
          Tab indents. After Ctrl+M, or Ctrl+Shift+M on a Mac, it goes on to the next field.
        </Text>
      )}
    </>
  );
});

function mark({ editor, monaco }: Code, marks: Mark[]) {
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
  // In this order, since focus scrolls to what is selected.
  area.setSelectionRange(start, start + (lines[line - 1] ?? '').length);
  area.focus();
}
