import { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { SyntaxNode } from '@lezer/common';

import { escapeString, labelName } from '../shared/promql';
import { selectorText } from '../shared/selector';

/**
 * Quotes names of metrics and labels that aren't identifiers when a completion inserts them. If the user types a name
 * in quotes, the completion replaces only the text between the quotes: CodeMirror compares this text with the names,
 * which have no quotes.
 */
export function quoteNames(result: CompletionResult, { state, pos }: CompletionContext): CompletionResult {
  const { from, to = pos, options } = result;
  const quote = state.sliceDoc(from, from + 1);
  if (from < pos && /["'`]/.test(quote)) {
    const isClosed = to > from + 1 && state.sliceDoc(to - 1, to) === quote;
    const inserted = namesAs(options, (name) => escapeString(name, quote));
    return { ...result, from: from + 1, to: isClosed ? to - 1 : to, options: inserted };
  }
  const isLabel = isInLabels(syntaxTree(state).resolveInner(pos, -1));
  const inserted = namesAs(options, isLabel ? labelName : (metric) => selectorText({ metric, matchers: [] }));
  return { ...result, options: inserted };
}

function namesAs(options: readonly Completion[], write: (name: string) => string): Completion[] {
  return options.map((option) => {
    const apply = option.type === 'constant' ? write(option.label) : option.label;
    return apply === option.label ? option : { ...option, apply };
  });
}

function isInLabels(node: SyntaxNode | null): boolean {
  return node !== null && (/^(LabelMatchers|GroupingLabels)$/.test(node.name) || isInLabels(node.parent));
}
