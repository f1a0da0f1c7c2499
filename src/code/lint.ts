import { ensureSyntaxTree, Language } from '@codemirror/language';
import type { Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import type { Tree } from '@lezer/common';
import { Parser } from '@prometheus-io/codemirror-promql/dist/esm/parser';

import { promqlLanguage } from './language';
import { standIns, withoutComments } from './standIns';

const AS_NAME = promqlLanguage('name');
const AS_NUMBER = promqlLanguage('number');

/** Milliseconds that parsing may take. */
const PATIENCE = 200;

/**
 * Errors of types, and warnings about what this grammar doesn't know: the server may have more functions and operators
 * than it, or another language, such as MetricsQL. A variable can stand for a name or a number: an error is what is wrong with either. Of
 * a text that has a variable where only its value would tell, nothing is said.
 */
export function lint(written: string): Diagnostic[] {
  // The checks take what comes first for the expression, be it a comment.
  const text = withoutComments(written);
  if (!standIns(text).isCertain) {
    return [];
  }
  const found = diagnose(text, AS_NAME);
  if (standIns(text, 'number').text === standIns(text).text) {
    return found;
  }
  const others = diagnose(text, AS_NUMBER);
  return found.filter((one) => others.some((other) => isSame(one, other)));
}

function diagnose(text: string, language: Language): Diagnostic[] {
  const state = EditorState.create({ doc: text, extensions: language });
  const tree = ensureSyntaxTree(state, text.length, PATIENCE);
  if (!tree) {
    return [];
  }
  // The tree belongs to the state that comes next.
  const parser = new Parser(state.update({}).state);
  parser.analyze();
  const found = parser.getDiagnostics();
  const isUnknown = found.some(({ message }) => message.startsWith('unexpected'));
  if (isUnknown) {
    return found.map((one) => ({ ...one, severity: 'warning' })); // Types that follow from it are no more certain.
  }
  return found.length > 0 ? found : diagnoseEnd(text, tree);
}

/** What the parser passes over: an end that comes too soon or too late. */
function diagnoseEnd(text: string, tree: Tree): Diagnostic[] {
  if (!tree.topNode.getChild('Expr')) {
    return []; // Nothing is written but, perhaps, a comment.
  }
  let last: Diagnostic | undefined;
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) {
        const rest = text.slice(from, to);
        last = {
          severity: 'warning',
          message: rest ? `unexpected ${rest}` : 'the expression is not finished',
          from,
          to,
        };
      }
    },
  });
  return last ? [last] : [];
}

function isSame(one: Diagnostic, other: Diagnostic): boolean {
  return one.from === other.from && one.to === other.to && one.message === other.message;
}
