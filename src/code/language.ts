import { defineLanguageFacet, Language, languageDataProp } from '@codemirror/language';
import { Input, Parser, PartialParse, TreeFragment } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

import { Reading, standIns } from './standIns';

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
