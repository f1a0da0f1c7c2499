import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { DraftInput } from './DraftField';

/**
 * Renders a field whose owner sets a new text only when the test calls `store`, because Explore stores texts with a
 * delay.
 */
function setup() {
  const committed: string[] = [];
  let store: (text: string) => void = () => {};
  function Owner() {
    const [text, setText] = useState('up');
    store = setText;
    return <DraftInput aria-label="Text" value={text} onCommit={(next) => committed.push(next)} />;
  }
  render(<Owner />);
  return { committed, store: (text: string) => act(() => store(text)), user: userEvent.setup() };
}

it('keeps input while the previous text is being stored', async () => {
  const { committed, store, user } = setup();
  await user.type(screen.getByLabelText('Text'), ' + 1{Enter}');
  expect(committed).toEqual(['up + 1']);
  await user.keyboard(' + 2');
  store('up + 1');
  expect(screen.getByLabelText('Text')).toHaveValue('up + 1 + 2');

  await user.keyboard('{Enter}');
  expect(committed).toEqual(['up + 1', 'up + 1 + 2']);
});

it('shows a text that changes elsewhere', async () => {
  const { store, user } = setup();
  await user.type(screen.getByLabelText('Text'), ' + 1{Enter}');
  store('up + 1');
  store('down');
  expect(screen.getByLabelText('Text')).toHaveValue('down');
  await user.keyboard(' + 2');
  store('up + 1');
  expect(screen.getByLabelText('Text')).toHaveValue('up + 1');
});
