import { acceptCompletion, closeBracketsKeymap, closeCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, historyKeymap } from '@codemirror/commands';
import { Extension, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';

/** The keyboard of the editor. Tab goes on to the next field unless it accepts what is offered. */
export function keys(run: (view: EditorView) => void): Extension {
  const runs = (view: EditorView) => {
    closeCompletion(view);
    run(view);
    return true;
  };
  return [
    Prec.highest(
      keymap.of([
        { key: 'Shift-Enter', run: runs },
        { key: 'Mod-Enter', run: runs },
        { key: 'Tab', run: acceptCompletion },
        // Grafana leaves the page's editor at an Escape that it sees in a field that is not one of its own.
        { key: 'Escape', run: (view) => closeCompletion(view) || leave(view), stopPropagation: true },
      ])
    ),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
  ];
}

function leave(view: EditorView): boolean {
  view.contentDOM.blur();
  return true;
}
