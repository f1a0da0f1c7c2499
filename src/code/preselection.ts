import {
  acceptCompletion,
  completionStatus,
  moveCompletionSelection,
  selectedCompletionIndex,
  setSelectedCompletion,
} from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { EditorState, Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/**
 * Selects the first completion if the user has begun a word. Otherwise no completion is selected, so that Enter inserts
 * a line break. The option `selectOnOpen` of the list must be off, because it would select a completion in both cases.
 */
export function preselection(): Extension {
  return EditorView.updateListener.of(({ view }) => {
    const isOpen = completionStatus(view.state) === 'active';
    if (isOpen && (selectedCompletionIndex(view.state) ?? -1) < 0 && isWordBegun(view.state)) {
      view.dispatch({ effects: setSelectedCompletion(0) });
    }
  });
}

/** Accepts the selected completion, or the first one if none is selected. Returns false if the list is closed. */
export function acceptFirst(view: EditorView): boolean {
  if (completionStatus(view.state) !== 'active') {
    return false;
  }
  if ((selectedCompletionIndex(view.state) ?? -1) < 0) {
    moveCompletionSelection(true)(view);
  }
  return acceptCompletion(view);
}

/** Reports whether the text before the cursor is the beginning of a name, a variable or a value in quotes. */
export function isWordBegun(state: EditorState): boolean {
  const pos = state.selection.main.head;
  const node = syntaxTree(state).resolveInner(pos, -1);
  if (node.name === 'StringLiteral') {
    const [quote, ...value] = state.sliceDoc(node.from, pos);
    return value.length > 0 && value.at(-1) !== quote;
  }
  return /(?:[a-zA-Z_:][\w:.]*|\$\{?\w*)$/.test(state.sliceDoc(state.doc.lineAt(pos).from, pos));
}
