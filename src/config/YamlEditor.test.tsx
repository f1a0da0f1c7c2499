import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { createRef, useState } from 'react';

import { editorCalls } from '../testing/codeEditor';
import { LineEditor, Mark, YamlEditor } from './YamlEditor';

const mockLoads = { value: true };

jest.mock('@grafana/ui', () => {
  const actual = jest.requireActual('@grafana/ui');
  const { FakeCodeEditor } = jest.requireActual('../testing/codeEditor');
  return { ...actual, CodeEditor: (props: object) => (mockLoads.value ? <FakeCodeEditor {...props} /> : 'Loading…') };
});

const TEXT = 'pack: mine\nmetrics:\n  - name: mine';

function setup({ text = TEXT, marks = [], readOnly = false }: { text?: string; marks?: Mark[]; readOnly?: boolean }) {
  const onChange = jest.fn<void, [string]>();
  const ref = createRef<LineEditor>();
  function Page() {
    const [value, setValue] = useState(text);
    const [count, setCount] = useState(0);
    const change = (next: string) => {
      onChange(`${count}: ${next}`);
      setCount(count + 1);
      setValue(next);
    };
    return <YamlEditor ref={ref} label="Packs" value={value} readOnly={readOnly} marks={marks} onChange={change} />;
  }
  render(<Page />);
  return { onChange, goTo: (line: number) => act(() => ref.current?.goTo(line)) };
}

const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Packs' });

beforeEach(() => jest.clearAllMocks());

describe('in the code editor', () => {
  beforeAll(() => (mockLoads.value = true));

  it('marks lines from the first to the last character, and ignores lines that don’t exist', () => {
    setup({
      marks: [
        { line: 3, text: 'no query' },
        { line: 0, text: 'no line' },
        { line: 9, text: 'after the end' },
      ],
    });
    const [, , markers] = editorCalls.setModelMarkers.mock.lastCall ?? [];
    expect(markers).toEqual([
      { severity: 8, message: 'no query', startLineNumber: 3, startColumn: 3, endLineNumber: 3, endColumn: 15 },
    ]);
  });

  it('goes to a line', () => {
    const { goTo } = setup({});
    goTo(2);
    expect(editorCalls.revealLineInCenter).toHaveBeenCalledWith(2);
    expect(editorCalls.setPosition).toHaveBeenCalledWith({ lineNumber: 2, column: 1 });
    expect(editorCalls.focus).toHaveBeenCalled();
  });

  it('explains how to leave it with the keyboard', () => {
    setup({});
    expect(screen.getByText(/Press Ctrl\+M/)).toBeInTheDocument();
  });

  it('does not explain how to leave a read-only text, because Tab leaves it', () => {
    setup({ readOnly: true });
    expect(screen.queryByText(/Press Ctrl\+M/)).not.toBeInTheDocument();
  });

  it('calls the current listener', async () => {
    const { onChange } = setup({ text: '' });
    await userEvent.type(field(), 'ab');
    expect(onChange.mock.calls.flat()).toEqual(['0: a', '1: ab']);
  });
});

describe('in a plain field, if the code editor does not load', () => {
  beforeAll(() => {
    mockLoads.value = false;
    jest.useFakeTimers();
  });
  afterAll(() => jest.useRealTimers());

  function setupPlain(first: Parameters<typeof setup>[0]) {
    const page = setup(first);
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
    act(() => jest.advanceTimersByTime(10_000));
    return page;
  }

  it('edits the text', async () => {
    const { onChange } = setupPlain({});
    expect(field()).toHaveValue(TEXT);
    await userEvent.setup({ advanceTimers: jest.advanceTimersByTime }).clear(field());
    expect(onChange.mock.calls.flat()).toEqual(['0: ']);
  });

  it.each([
    [1, 'pack: mine'],
    [3, '  - name: mine'],
    [9, ''],
  ])('goes to line %i', (line, selected) => {
    setupPlain({}).goTo(line);
    expect(field()).toHaveFocus();
    expect(TEXT.slice(field().selectionStart, field().selectionEnd)).toBe(selected);
  });

  it('can be read-only', () => {
    setupPlain({ readOnly: true });
    expect(field()).toHaveAttribute('readonly');
  });
});
