import { defineLanguageFacet, ensureSyntaxTree, Language, languageDataProp } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { Input, Parser, PartialParse, TreeFragment } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

import { Reading, standIns } from './standIns';

/** The maximum time for parsing in milliseconds. */
const PARSE_TIMEOUT = 200;

const data = defineLanguageFacet({
  closeBrackets: { brackets: ['(', '[', '{', "'", '"', '`'] },
  commentTokens: { line: '#' },
});

const promql = parser.configure({
  top: 'PromQL',
  props: [languageDataProp.add((type) => (type.isTop ? data : undefined))],
});

/**
 * Parses PromQL that contains variables and macros. The parser reads stand-ins of the same length in their place, so
 * positions in the tree are positions in the text as the user wrote it.
 */
class StandInParser extends Parser {
  constructor(private readonly reading: Reading) {
    super();
  }

  // An edit far before a variable can change the stand-in for it, so no part of an earlier tree is reused.
  createParse(
    input: Input,
    _: readonly TreeFragment[],
    ranges: ReadonlyArray<{ from: number; to: number }>
  ): PartialParse {
    return promql.startParse(standIns(input.read(0, input.length), this.reading).text, [], ranges);
  }
}

/**
 * Returns the language PromQL. `reading` is how variables are parsed in positions that allow both a name and a number.
 */
export function promqlLanguage(reading: Reading): Language {
  return new Language(data, new StandInParser(reading));
}

/**
 * Returns a state whose syntax tree covers the whole text, or null if parsing takes too long. The tree of a new or
 * changed state can end too early, because CodeMirror interrupts the parser after 20 ms.
 */
export function parsed(state: EditorState): EditorState | null {
  if (!ensureSyntaxTree(state, state.doc.length, PARSE_TIMEOUT)) {
    return null;
  }
  return state.update({}).state; // The tree that ensureSyntaxTree parses is available only in the next state.
}
