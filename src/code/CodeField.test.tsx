import { completionStatus, startCompletion } from '@codemirror/autocomplete';
import { forceLinting } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { createTheme, ThemeContext } from '@grafana/data';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import React, { useState } from 'react';

import { fakeDataSource } from '../testing/datasource';
import { CodeField } from './CodeField';

const RESOURCES = {
  'api/v1/label/__name__/values': { data: ['inference_requests_total', 'up'] },
  'api/v1/metadata': { data: {} },
};

function setup(first: string, theme = createTheme()) {
  const { datasource } = fakeDataSource([], RESOURCES);
  const listeners = { onBlur: jest.fn(), onRun: jest.fn() };
  function Page() {
    const [text, setText] = useState(first);
    return (
      <ThemeContext.Provider value={theme}>
        <CodeField
          label="PromQL"
          placeholder="up"
          datasource={datasource}
          text={text}
          onChange={setText}
          {...listeners}
        />
        <button onClick={() => setText('other')}>Change elsewhere</button>
        <output>{text}</output>
      </ThemeContext.Provider>
    );
  }
  render(<Page />);
  const field = screen.getByRole('textbox', { name: 'PromQL' });
  const view = EditorView.findFromDOM(field);
  if (!view) {
    throw new Error('The code editor is missing.');
  }
  const type = (text: string) =>
    act(() => view.dispatch({ ...view.state.replaceSelection(text), userEvent: 'input.type' }));
  return { ...listeners, field, view, type };
}

it('passes on the typed text', () => {
  const { type } = setup('');
  type('up');
  expect(screen.getByRole('status')).toHaveTextContent('up');
});

it('shows a text that changes elsewhere', () => {
  const { field } = setup('up');
  fireEvent.click(screen.getByText('Change elsewhere'));
  expect(field).toHaveTextContent('other');
});

it.each([
  ['Shift+Enter', { shiftKey: true }],
  ['Ctrl+Enter', { ctrlKey: true }],
])('runs the query on %s, without a line break', (_, modifier) => {
  const { field, type, onRun } = setup('');
  type('up');
  fireEvent.keyDown(field, { key: 'Enter', keyCode: 13, ...modifier });
  expect(onRun).toHaveBeenCalledWith('up');
  expect(screen.getByRole('status')).toHaveTextContent(/^up$/);
});

it('passes on the text on blur', () => {
  const { field, onBlur } = setup('up');
  act(() => field.focus());
  act(() => field.blur());
  expect(onBlur).toHaveBeenCalledWith('up');
});

describe('the keyboard', () => {
  it('moves to the next field with Tab', () => {
    const { field } = setup('up');
    expect(fireEvent.keyDown(field, { key: 'Tab', keyCode: 9 })).toBe(true);
  });

  it('leaves the field with Escape, without an event for Grafana', () => {
    const { field } = setup('up');
    const onKeyDown = jest.fn();
    document.addEventListener('keydown', onKeyDown);
    act(() => field.focus());
    fireEvent.keyDown(field, { key: 'Escape', keyCode: 27 });
    expect(field).not.toHaveFocus();
    expect(onKeyDown).not.toHaveBeenCalled();
    document.removeEventListener('keydown', onKeyDown);
  });

  it('closes the completions with Escape and stays in the field', async () => {
    const { field, view, type } = setup('');
    act(() => field.focus());
    type('infer');
    act(() => void startCompletion(view));
    expect(await screen.findByRole('option')).toHaveTextContent('inference_requests_total');
    fireEvent.keyDown(field, { key: 'Escape', keyCode: 27 });
    expect(completionStatus(view.state)).toBeNull();
    expect(field).toHaveFocus();
  });
});

it('marks errors, but not variables', async () => {
  const { field, view, type } = setup('sum(rate(up{job="$job"}[$__rate_interval]))');
  act(() => forceLinting(view));
  expect(field.querySelector('.cm-lintRange-error')).toBeNull();
  act(() => view.dispatch({ changes: { from: 0, to: view.state.doc.length } }));
  type('sum(up[5m])');
  act(() => forceLinting(view));
  await waitFor(() => expect(field.querySelector('.cm-lintRange-error')).toHaveTextContent('up[5m]'));
});

it.each(['light', 'dark'] as const)('has the colors of the %s theme', (mode) => {
  const { view } = setup('up', createTheme({ colors: { mode } }));
  expect(view.state.facet(EditorView.darkTheme)).toBe(mode === 'dark');
});
