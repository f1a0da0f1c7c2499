import { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { HybridComplete } from '@prometheus-io/codemirror-promql/dist/esm/complete/hybrid';

import { EditorDataSource } from '../shared/editorDataSource';
import { MACROS } from '../shared/macros';
import { parsed } from './language';
import { quoteNames } from './quoteNames';
import { recentQueries } from './recent';
import { ResourceClient } from './resourceClient';

/** CodeMirror's maximum boost. The boost orders completions. */
const MAX_BOOST = 99;

/**
 * Completes variables and macros after a `$`, and macros for durations after an opening square bracket. Comments have
 * no completions. In all other positions, the completions are keywords and functions of PromQL, metrics, labels and
 * values. In an empty field, they also contain recent queries.
 */
export function completionSource(datasource: EditorDataSource): CompletionSource {
  const resources = new ResourceClient(datasource);
  return async ({ state, pos, explicit }) => {
    const context = new CompletionContext(parsed(state) ?? state, pos, explicit);
    if (isInComment(context) || (!explicit && isAfterBracket(context))) {
      return null;
    }
    const variables = completeVariable(context, datasource.getVariableNames()) ?? completeWindow(context);
    if (variables) {
      return variables;
    }
    // If Prometheus doesn't respond, there are no completions. The error is shown when the query runs.
    const promql = withNameAtCursor(context);
    const client = resources.forText(textBefore(promql));
    const result = await Promise.resolve(new HybridComplete(client).promQL(promql)).catch(() => null);
    if (!result) {
      return null;
    }
    const isBlank = context.state.doc.toString().trim() === '';
    const names = quoteNames(result, context);
    return {
      ...names,
      options: [
        ...(isBlank ? recentCompletions(datasource.uid) : []),
        ...names.options,
        ...(client.isTruncated ? [truncatedCompletion(context.state.sliceDoc(names.from, context.pos))] : []),
      ],
      validFor: client.dependsOnText ? undefined : result.validFor,
    };
  };
}

function recentCompletions(datasource: string): Completion[] {
  return recentQueries(datasource).map((query, index) => ({
    label: query,
    displayLabel: query.replace(/\s+/g, ' '),
    detail: 'recent query',
    boost: MAX_BOOST - index,
  }));
}

/** Returns the name or the string at the cursor, without the part after the cursor. */
function textBefore(context: CompletionContext): string {
  const { state, pos } = context;
  const node = syntaxTree(state).resolveInner(pos, -1);
  if (node.name === 'StringLiteral') {
    return state.sliceDoc(node.from + 1, pos).replace(/\\(.)/g, '$1');
  }
  return context.matchBefore(/[\w:]+/)?.text ?? '';
}

/**
 * Returns the hint at the end of a truncated list. Its label is the typed text, so that CodeMirror doesn't filter it
 * out. Selecting it changes nothing.
 */
function truncatedCompletion(text: string): Completion {
  return {
    label: text || ' ',
    displayLabel: 'The list is truncated. Type a part of the name.',
    apply: () => {},
    boost: -MAX_BOOST,
  };
}

/**
 * Changes `inf` and `nan` before the cursor to a name. They can be the beginning of a name, such as `inference_errors`,
 * but the grammar parses them as numbers.
 */
function withNameAtCursor(context: CompletionContext): CompletionContext {
  const { state, pos, explicit } = context;
  const number = context.matchBefore(/\b(?:inf|nan)/i);
  if (!number) {
    return context;
  }
  const insert = `_${number.text.slice(1)}`;
  const changed = state.update({ changes: { ...number, insert } }).state;
  return new CompletionContext(parsed(changed) ?? changed, pos, explicit);
}

/** Reports whether the cursor is directly after a closing bracket, where the expression can be complete. */
function isAfterBracket(context: CompletionContext): boolean {
  return context.matchBefore(/[)\]}]/) !== null;
}

function isInComment({ state, pos }: CompletionContext): boolean {
  return syntaxTree(state).resolveInner(pos, -1).name === 'LineComment';
}

/** Completes variables and macros after a `$`. `names` contains the variables, in the form `$name`. */
function completeVariable(context: CompletionContext, names: string[]): CompletionResult | null {
  const match = context.matchBefore(/\$\{?\w*/);
  if (!match) {
    return null;
  }
  const { from, text } = match;
  const macros = MACROS.map(({ name, description }): Completion => ({
    label: `$${name}`,
    info: description,
    type: 'macro',
  }));
  const variables = names.map((name): Completion => ({ label: name, type: 'variable', boost: 1 }));
  const options = [...variables, ...macros];
  if (!text.startsWith('${')) {
    return { from, options, validFor: /^\$\w*$/ };
  }
  const isClosed = context.state.sliceDoc(context.pos, context.pos + 1) === '}';
  return {
    from,
    to: context.pos + (isClosed ? 1 : 0),
    options: options.map((option) => ({ ...option, label: `\${${option.label.slice(1)}}` })),
  };
}

/** Completes macros for durations directly after an opening square bracket. */
function completeWindow(context: CompletionContext): CompletionResult | null {
  if (!context.matchBefore(/\[\s*/)) {
    return null;
  }
  const durations = MACROS.filter(({ name }) => !/_m?s$/.test(name));
  return {
    from: context.pos,
    options: durations.map(({ name, description }, index) => ({
      label: `$${name}`,
      info: description,
      type: 'macro',
      boost: -index,
    })),
  };
}
