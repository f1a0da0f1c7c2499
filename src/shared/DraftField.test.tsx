import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { DraftInput } from './DraftField';

/** A field whose texts are stored when the test says so, as Explore does some time after it is told. */
function setup() {
  const told: string[] = [];
  let store: (text: string) => void = () => {};
  function Owner() {
    const [text, setText] = useState('up');
    store = setText;
    return <DraftInput aria-label="Text" value={text} onCommit={(next) => told.push(next)} />;
  }
  render(<Owner />);
  return { told, store: (text: string) => act(() => store(text)), user: userEvent.setup() };
}

it('keeps what is written while the text before it is being stored', async () => {
  const { told, store, user } = setup();
  await user.type(screen.getByLabelText('Text'), ' + 1{Enter}');
  expect(told).toEqual(['up + 1']);
  await user.keyboard(' + 2');
  store('up + 1');
  expect(screen.getByLabelText('Text')).toHaveValue('up + 1 + 2');

  await user.keyboard('{Enter}');
  expect(told).toEqual(['up + 1', 'up + 1 + 2']);
});

it('gives way to a text from elsewhere', async () => {
  const { store, user } = setup();
  await user.type(screen.getByLabelText('Text'), ' + 1{Enter}');
  store('up + 1');
  store('down');
  expect(screen.getByLabelText('Text')).toHaveValue('down');
  await user.keyboard(' + 2');
  store('up + 1');
  expect(screen.getByLabelText('Text')).toHaveValue('up + 1');
});
