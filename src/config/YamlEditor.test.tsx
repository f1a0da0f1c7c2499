import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { createRef, useState } from 'react';

import { told } from '../testing/codeEditor';
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

  it('marks lines from their first character to their last, and leaves out those that are gone', () => {
    setup({
      marks: [
        { line: 3, text: 'no query' },
        { line: 0, text: 'no place' },
        { line: 9, text: 'cut off' },
      ],
    });
    const [, , markers] = told.setModelMarkers.mock.lastCall ?? [];
    expect(markers).toEqual([
      { severity: 8, message: 'no query', startLineNumber: 3, startColumn: 3, endLineNumber: 3, endColumn: 15 },
    ]);
  });

  it('goes to a line', () => {
    const { goTo } = setup({});
    goTo(2);
    expect(told.revealLineInCenter).toHaveBeenCalledWith(2);
    expect(told.setPosition).toHaveBeenCalledWith({ lineNumber: 2, column: 1 });
    expect(told.focus).toHaveBeenCalled();
  });

  it('tells how the keyboard gets out, where Tab indents', () => {
    setup({});
    expect(screen.getByText(/After Ctrl\+M/)).toBeInTheDocument();
  });

  it('needs no way out where Tab goes on by itself', () => {
    setup({ readOnly: true });
    expect(screen.queryByText(/After Ctrl\+M/)).not.toBeInTheDocument();
  });

  it('tells of a change to who listens now', async () => {
    const { onChange } = setup({ text: '' });
    await userEvent.type(field(), 'ab');
    expect(onChange.mock.calls.flat()).toEqual(['0: a', '1: ab']);
  });
});

describe('in a plain field, where the code editor does not load', () => {
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

  it('shows and takes the text', async () => {
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

  it('can be read only', () => {
    setupPlain({ readOnly: true });
    expect(field()).toHaveAttribute('readonly');
  });
});
