import { closeBracketsKeymap, closeCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, historyKeymap } from '@codemirror/commands';
import { Extension, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';

import { acceptFirst } from './preselection';

/**
 * Returns the key bindings of the editor. Tab accepts a completion, or moves to the next field if the list of
 * completions is closed.
 */
export function keys(run: (view: EditorView) => void): Extension {
  const runQuery = (view: EditorView) => {
    closeCompletion(view);
    run(view);
    return true;
  };
  return [
    Prec.highest(
      keymap.of([
        { key: 'Shift-Enter', run: runQuery },
        { key: 'Mod-Enter', run: runQuery },
        { key: 'Tab', run: acceptFirst },
        // Escape is not passed on, because Grafana closes the panel editor on Escape in a field that isn't an input.
        { key: 'Escape', run: (view) => closeCompletion(view) || blur(view), stopPropagation: true },
      ])
    ),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
  ];
}

function blur(view: EditorView): boolean {
  view.contentDOM.blur();
  return true;
}
