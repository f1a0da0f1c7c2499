import { CodeEditor, Monaco, MonacoEditor } from '@grafana/ui';
import React, { ComponentProps, useEffect, useState } from 'react';

const model = {
  lines: [] as string[],
  getLineCount: () => model.lines.length,
  getLineFirstNonWhitespaceColumn: (line: number) => model.lines[line - 1].search(/\S|$/) + 1,
  getLineMaxColumn: (line: number) => model.lines[line - 1].length + 1,
};

/** The methods of the code editor whose calls tests can check. */
export const editorCalls = {
  setModelMarkers: jest.fn(),
  revealLineInCenter: jest.fn(),
  setPosition: jest.fn(),
  focus: jest.fn(),
};

const editor = { ...editorCalls, getModel: () => model } as unknown as MonacoEditor;
const monaco = { editor: editorCalls, MarkerSeverity: { Error: 8 } } as unknown as Monaco;

/**
 * Replaces Grafana's code editor with a plain field. Like the real editor, it always calls the callbacks from its first
 * rendering.
 */
export function FakeCodeEditor({ value, readOnly, monacoOptions, ...rest }: ComponentProps<typeof CodeEditor>) {
  const [first] = useState(rest);
  useEffect(() => {
    model.lines = value.split('\n');
  }, [value]);
  useEffect(() => first.onEditorDidMount?.(editor, monaco), [first]);
  return (
    <textarea
      aria-label={monacoOptions?.ariaLabel}
      value={value}
      readOnly={readOnly}
      onChange={(event) => first.onChange?.(event.currentTarget.value)}
    />
  );
}
