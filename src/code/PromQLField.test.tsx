import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { fakeDataSource } from '../testing/datasource';
import { PromQLField } from './PromQLField';

function setup({ first = '', autoFocus = false } = {}) {
  const { datasource } = fakeDataSource([], {});
  const onCommit = jest.fn<void, [string]>();
  const onRun = jest.fn();
  function Page() {
    const [value, setValue] = useState(first);
    const commit = (text: string) => {
      onCommit(text);
      setValue(text);
    };
    return (
      <>
        <PromQLField
          id="expr"
          label="PromQL"
          datasource={datasource}
          value={value}
          onCommit={commit}
          onRun={onRun}
          autoFocus={autoFocus}
        />
        <button>Next</button>
      </>
    );
  }
  render(<Page />);
  return { onCommit, onRun, user: userEvent.setup() };
}

const field = () => screen.getByRole('textbox', { name: 'PromQL' });
const isPlain = () => field().tagName === 'TEXTAREA';

it('becomes a code editor on blur and keeps the text', async () => {
  const { user, onCommit } = setup();
  expect(isPlain()).toBe(true);
  act(() => field().focus());
  await user.keyboard('up');
  expect(isPlain()).toBe(true);

  await user.tab();
  expect(onCommit).toHaveBeenLastCalledWith('up');
  await waitFor(() => expect(isPlain()).toBe(false));
  expect(field()).toHaveTextContent('up');
});

it('is a code editor if the module is already loaded', async () => {
  setup();
  expect(isPlain()).toBe(false);
});

it('gets the focus with autoFocus', () => {
  setup({ autoFocus: true });
  expect(field()).toHaveFocus();
});

it('does not get the focus otherwise', () => {
  setup();
  expect(field()).not.toHaveFocus();
});

it('keeps the text and its line breaks if there is no input', async () => {
  const { user, onCommit } = setup({ first: 'up\r\n+ 1' });
  act(() => field().focus());
  await user.tab();
  expect(field()).not.toHaveFocus();
  expect(onCommit).not.toHaveBeenCalled();
});
