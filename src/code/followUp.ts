import { Completion, insertBracket, pickedCompletion } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { SyntaxNode } from '@lezer/common';

import { parsed } from './language';

/** The functions without parameters. */
const WITHOUT_PARAMETERS = ['end', 'pi', 'range', 'start', 'step', 'time'];

/**
 * Continues the expression after the user has accepted a completion: adds parentheses to a function, adds `=""` to the
 * label of a matcher, and leaves the quotes of a complete value. The list of completions for the next part then opens,
 * as if the user had typed the added text.
 */
export function followUp(): Extension {
  return EditorView.updateListener.of(({ transactions, view }) => {
    const completion = transactions.map((one) => one.annotation(pickedCompletion)).find(Boolean);
    if (completion) {
      continueAfter(view, completion);
    }
  });
}

function continueAfter(view: EditorView, { label, type, detail }: Completion) {
  const state = parsed(view.state) ?? view.state;
  const pos = state.selection.main.head;
  const node = syntaxTree(state).resolveInner(pos, -1);
  if (type === 'function' || detail === 'aggregation') {
    openParentheses(view, label);
  } else if (type === 'constant' && isMatcherLabel(node, pos) && !/^\s*[=!]/.test(state.sliceDoc(pos))) {
    insertText(view, '=');
    view.dispatch(insertBracket(view.state, '"') ?? view.state.replaceSelection('"'));
  } else if (type === 'text' && node.name === 'StringLiteral' && hasExactValue(state.sliceDoc(0, node.from))) {
    moveAfter(view, state.sliceDoc(node.from, node.from + 1));
  }
}

function openParentheses(view: EditorView, name: string) {
  if (moveAfter(view, '(')) {
    return;
  }
  if (WITHOUT_PARAMETERS.includes(name)) {
    insertText(view, '()');
  } else {
    view.dispatch(insertBracket(view.state, '(') ?? view.state.replaceSelection('('));
  }
}

/** Moves the cursor after the next character if it is `character`. Returns whether it is. */
function moveAfter(view: EditorView, character: string): boolean {
  const pos = view.state.selection.main.head;
  const isNext = view.state.sliceDoc(pos, pos + 1) === character;
  if (isNext) {
    view.dispatch({ selection: { anchor: pos + 1 } });
  }
  return isNext;
}

function insertText(view: EditorView, text: string) {
  view.dispatch(view.state.replaceSelection(text));
}

/** Reports whether a position is after the label of a matcher, rather than in quotes or in a grouping. */
function isMatcherLabel(node: SyntaxNode, pos: number): boolean {
  const isInQuotes = /String|Quoted/.test(node.name) && pos < node.to;
  return !isInQuotes && isIn(node, 'LabelMatchers') && !isIn(node, 'GroupingLabels');
}

function isIn(node: SyntaxNode | null, name: string): boolean {
  return node !== null && (node.name === name || isIn(node.parent, name));
}

/** Reports whether a value after this text is compared as a whole. A regular expression can go on after a value. */
function hasExactValue(before: string): boolean {
  return before.trimEnd().endsWith('=');
}
