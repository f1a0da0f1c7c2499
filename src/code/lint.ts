import { Language, syntaxTree } from '@codemirror/language';
import type { Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import type { Tree } from '@lezer/common';
import { Parser } from '@prometheus-io/codemirror-promql/dist/esm/parser';

import { parsed, promqlLanguage } from './language';
import { standIns, withoutComments } from './standIns';

const AS_NAME = promqlLanguage('name');
const AS_NUMBER = promqlLanguage('number');

/**
 * Returns the problems of an expression. A syntax error has the severity warning, because the server can support more
 * functions and operators than the editor's grammar, or another language, such as MetricsQL. A type error has the
 * severity error. If there is also a syntax error, a type error has the severity warning.
 *
 * Before the expression is parsed, each variable is replaced with PromQL of the same length. An expression in which a
 * variable can be a name or a number is parsed once with names and once with numbers, and only problems that occur in
 * both cases are returned. No problems are returned if a variable can't be replaced correctly (`isCertain`).
 */
export function lint(written: string): Diagnostic[] {
  // The checks treat the first node as the expression, even if it is a comment.
  const text = withoutComments(written);
  if (!standIns(text).isCertain) {
    return [];
  }
  const problems = diagnose(text, AS_NAME);
  if (standIns(text, 'number').text === standIns(text).text) {
    return problems;
  }
  const others = diagnose(text, AS_NUMBER);
  return problems.filter((one) => others.some((other) => isSame(one, other)));
}

function diagnose(text: string, language: Language): Diagnostic[] {
  const state = parsed(EditorState.create({ doc: text, extensions: language }));
  if (!state) {
    return [];
  }
  const parser = new Parser(state);
  parser.analyze();
  const problems = parser.getDiagnostics();
  const hasSyntaxError = problems.some(({ message }) => message.startsWith('unexpected'));
  if (hasSyntaxError) {
    return problems.map((one) => ({ ...one, severity: 'warning' })); // Type errors can be consequences of the syntax error.
  }
  return problems.length > 0 ? problems : diagnoseEnd(text, syntaxTree(state));
}

/** Returns a warning for a syntax error at the end of the expression, which the library's checks ignore. */
function diagnoseEnd(text: string, tree: Tree): Diagnostic[] {
  if (!tree.topNode.getChild('Expr')) {
    return []; // The text contains no expression.
  }
  let last: Diagnostic | undefined;
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) {
        const rest = text.slice(from, to);
        last = {
          severity: 'warning',
          message: rest ? `unexpected ${rest}` : 'incomplete expression',
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
