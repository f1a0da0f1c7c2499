import { completionStatus, selectedCompletion, startCompletion } from '@codemirror/autocomplete';
import { EditorView } from '@codemirror/view';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import React, { useState } from 'react';

import { fakeDataSource } from '../testing/datasource';
import { CodeField } from './CodeField';

const RESOURCES = {
  'api/v1/label/__name__/values': { data: ['http.requests', 'up', 'update_total'] },
  'api/v1/metadata': { data: {} },
  'api/v1/labels': { data: ['instance', 'job', 'my-label'] },
  'api/v1/label/job/values': { data: ['lango', 'tango'] },
  'api/v1/label/U__my_2d_label/values': { data: ['x'] },
};

/** Milliseconds for which a list that has just opened doesn't accept keys (`interactionDelay` of CodeMirror). */
const LIST_DELAY = 100;

// CodeMirror measures text, and jsdom has no layout.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;

/** Shows a field with the text, and the cursor at the character `|`. */
function setup(written: string) {
  const { datasource } = fakeDataSource([], RESOURCES);
  function Page() {
    const [text, setText] = useState(written.replace('|', ''));
    return (
      <CodeField
        label="PromQL"
        datasource={datasource}
        text={text}
        onChange={setText}
        onBlur={() => {}}
        onRun={() => {}}
      />
    );
  }
  render(<Page />);
  const field = screen.getByRole('textbox', { name: 'PromQL' });
  const view = EditorView.findFromDOM(field)!;
  act(() => view.dispatch({ selection: { anchor: written.indexOf('|') } }));
  act(() => field.focus());
  const press = (key: 'Enter' | 'Tab') => fireEvent.keyDown(field, { key, keyCode: key === 'Enter' ? 13 : 9 });
  const open = async () => {
    act(() => void startCompletion(view));
    await waitFor(() => expect(completionStatus(view.state)).toBe('active'));
    await act(() => new Promise((resolve) => setTimeout(resolve, LIST_DELAY)));
  };
  /** The text, with `|` at the cursor. */
  const content = () => {
    const { head } = view.state.selection.main;
    return `${view.state.sliceDoc(0, head)}|${view.state.sliceDoc(head)}`;
  };
  return { view, field, press, open, content };
}

const withoutSpace = (text: string) => text.replace(/\s/g, '');

const type = (view: EditorView, text: string) =>
  act(() => view.dispatch({ ...view.state.replaceSelection(text), userEvent: 'input.type' }));

it.each([
  ['a call', 'sum(up)|'],
  ['an operator', 'sum(up)+|'],
  ['an opening brace', 'up{|}'],
  ['the operator of a matcher', 'up{job=|}'],
  ['the end of a value', 'up{job="tango"|}'],
])('no completion is selected after %s, and Enter inserts a line break', async (_, written) => {
  const { view, press, open, content } = setup(written);
  await open();
  expect(selectedCompletion(view.state)).toBeNull();
  press('Enter');
  expect(withoutSpace(content())).toBe(withoutSpace(written));
  expect(view.state.doc.lines).toBeGreaterThan(1);
});

it.each([
  ['a name', 'u|', 'up|'],
  ['a name in a call', 'sum(upd|)', 'sum(update_total|)'],
  ['a value', 'up{job="ta|"}', 'up{job="tango"|}'],
  ['a value of a regular expression, which can go on', 'up{job=~"ta|"}', 'up{job=~"tango|"}'],
  ['a label of a grouping', 'sum by (jo|) (up)', 'sum by (job|) (up)'],
  ['a function with its parentheses', 'rat|', 'rate(|)'],
  ['a function before parentheses', 'rat|(up)', 'rate(|up)'],
  ['an aggregation', 'topk|', 'topk(|)'],
  ['a function without parameters', 'time|', 'time()|'],
  ['a label of a matcher with its operator', 'up{jo|}', 'up{job="|"}'],
  ['another label', 'up{job="tango", ins|}', 'up{job="tango", instance="|"}'],
  ['a label before an operator', 'up{jo|=~"x"}', 'up{job|=~"x"}'],
  ['a label that needs quotes', 'up{my|}', 'up{"my-label"="|"}'],
  ['a metric in quotes', '{"http|"}', '{"http.requests|"}'],
])('Enter and Tab complete %s', async (_, written, want) => {
  for (const key of ['Enter', 'Tab'] as const) {
    const { view, press, open, content } = setup(written);
    await open();
    expect(selectedCompletion(view.state)).not.toBeNull();
    press(key);
    expect(content()).toBe(want);
    view.destroy();
    document.body.replaceChildren();
  }
});

it('Tab accepts the first completion if none is selected', async () => {
  const { press, open, content } = setup('up{job="|"}');
  await open();
  press('Tab');
  expect(content()).toBe('up{job="lango"|}');
});

it('offers the values of a completed label', async () => {
  const { press, open } = setup('up{jo|}');
  await open();
  press('Enter');
  expect(await screen.findByRole('option', { name: /tango/ })).toBeInTheDocument();
});

it('overtypes the quote that was added to a label', async () => {
  const { view, press, open, content, field } = setup('up{jo|}');
  await open();
  press('Enter');
  type(view, 'x');
  const isHandled = view.state.facet(EditorView.inputHandler).some((handle) => {
    const { head } = view.state.selection.main;
    return handle(view, head, head, '"', () => view.state.update({}));
  });
  expect(isHandled).toBe(true);
  expect(content()).toBe('up{job="x"|}');
  expect(field).toHaveFocus();
});

it('opens no list after a closing bracket', async () => {
  const { view } = setup('sum(up|');
  type(view, ')');
  await act(() => new Promise((resolve) => setTimeout(resolve, 2 * LIST_DELAY)));
  expect(completionStatus(view.state)).toBeNull();
});
