import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { fakeDataSource } from '../testing/datasource';
import { PromQLField } from './PromQLField';

function setup({ first = '', opened = false } = {}) {
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
          opened={opened}
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

it('becomes a code editor when nobody writes in it, and keeps what they wrote', async () => {
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

it('is a code editor from the start once that is loaded', async () => {
  setup();
  expect(isPlain()).toBe(false);
});

it('is where who opened it writes', () => {
  setup({ opened: true });
  expect(field()).toHaveFocus();
});

it('leaves the keyboard where it is otherwise', () => {
  setup();
  expect(field()).not.toHaveFocus();
});

it('changes nothing for who only passes by, whatever ends the lines', async () => {
  const { user, onCommit } = setup({ first: 'up\r\n+ 1' });
  act(() => field().focus());
  await user.tab();
  expect(field()).not.toHaveFocus();
  expect(onCommit).not.toHaveBeenCalled();
});
