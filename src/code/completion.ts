import { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { HybridComplete } from '@prometheus-io/codemirror-promql/dist/esm/complete/hybrid';

import { EditorDataSource } from '../shared/editorDataSource';
import { MACROS } from '../shared/macros';
import { quoteNames } from './quoteNames';
import { recentQueries } from './recent';
import { ResourceClient } from './resourceClient';

/** The highest boost that CodeMirror knows. */
const FIRST = 99;

/**
 * Offers variables and macros after a `$`, macros as a window, and else what PromQL and Prometheus know: in an empty
 * field the queries that ran last, too.
 */
export function completionOf(datasource: EditorDataSource): CompletionSource {
  const resources = new ResourceClient(datasource);
  return async (context) => {
    if (isInComment(context)) {
      return null;
    }
    const own = completeVariable(context, datasource.getVariableNames()) ?? completeWindow(context);
    if (own) {
      return own;
    }
    // Where Prometheus can't be asked nothing is offered: what is wrong is said where the query runs.
    const promql = asName(context);
    const client = resources.completing(writtenBefore(promql));
    const result = await Promise.resolve(new HybridComplete(client).promQL(promql)).catch(() => null);
    if (!result) {
      return null;
    }
    const isBlank = context.state.doc.toString().trim() === '';
    const names = quoteNames(result, context);
    return {
      ...names,
      options: [
        ...(isBlank ? recentOnes(datasource.uid) : []),
        ...names.options,
        ...(client.isTruncated ? [moreThan(context.state.sliceDoc(names.from, context.pos))] : []),
      ],
      validFor: client.dependsOnWritten ? undefined : result.validFor,
    };
  };
}

function recentOnes(datasource: string): Completion[] {
  return recentQueries(datasource).map((query, index) => ({
    label: query,
    displayLabel: query.replace(/\s+/g, ' '),
    detail: 'ran lately',
    boost: FIRST - index,
  }));
}

/** The part of a name, or of a string's text, that stands before the cursor. */
function writtenBefore(context: CompletionContext): string {
  const { state, pos } = context;
  const node = syntaxTree(state).resolveInner(pos, -1);
  if (node.name === 'StringLiteral') {
    return state.sliceDoc(node.from + 1, pos).replace(/\\(.)/g, '$1');
  }
  return context.matchBefore(/[\w:]+/)?.text ?? '';
}

/** The last of the entries where there are more. Its label is what is written, so that it is listed; it changes nothing. */
function moreThan(written: string): Completion {
  return {
    label: written || ' ',
    displayLabel: 'There are more: write a part of the name',
    apply: () => {},
    boost: -FIRST,
  };
}

/** What is written so far may be a number's name, but is only the beginning of a metric's, as in `inference_errors`. */
function asName(context: CompletionContext): CompletionContext {
  const { state, pos, explicit } = context;
  const number = context.matchBefore(/\b(?:inf|nan)/i);
  if (!number) {
    return context;
  }
  const insert = `_${number.text.slice(1)}`;
  return new CompletionContext(state.update({ changes: { ...number, insert } }).state, pos, explicit);
}

function isInComment({ state, pos }: CompletionContext): boolean {
  return syntaxTree(state).resolveInner(pos, -1).name === 'LineComment';
}

/** `names` are the variables', with their dollars. */
function completeVariable(context: CompletionContext, names: string[]): CompletionResult | null {
  const written = context.matchBefore(/\$\{?\w*/);
  if (!written) {
    return null;
  }
  const { from, text } = written;
  const macros = MACROS.map(({ name, meaning }): Completion => ({ label: `$${name}`, info: meaning, type: 'macro' }));
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

/** Between brackets where nothing is written yet. */
function completeWindow(context: CompletionContext): CompletionResult | null {
  if (!context.matchBefore(/\[\s*/)) {
    return null;
  }
  const durations = MACROS.filter(({ name }) => !/_m?s$/.test(name));
  return {
    from: context.pos,
    options: durations.map(({ name, meaning }, index) => ({
      label: `$${name}`,
      info: meaning,
      type: 'macro',
      boost: -index,
    })),
  };
}
