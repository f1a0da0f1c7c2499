import { defineLanguageFacet, Language, languageDataProp } from '@codemirror/language';
import { Input, Parser, PartialParse, TreeFragment } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

import { Reading, standIns } from './standIns';

const data = defineLanguageFacet({
  closeBrackets: { brackets: ['(', '[', '{', "'", '"', '`'] },
  commentTokens: { line: '#' },
});

/** The grammar of PromQL. */
export const promql = parser.configure({
  top: 'PromQL',
  props: [languageDataProp.add((type) => (type.isTop ? data : undefined))],
});

/** Parses PromQL with variables and macros in it. What the tree says of places holds for the text as it is written. */
class StandInParser extends Parser {
  constructor(private readonly reading: Reading) {
    super();
  }

  // A variable's stand-in can change with a bracket far before it, so no part of an earlier tree is used again.
  createParse(
    input: Input,
    _: readonly TreeFragment[],
    ranges: ReadonlyArray<{ from: number; to: number }>
  ): PartialParse {
    return promql.startParse(standIns(input.read(0, input.length), this.reading).text, [], ranges);
  }
}

/** PromQL in which a variable is read as a name, or as a number. */
export function promqlLanguage(reading: Reading): Language {
  return new Language(data, new StandInParser(reading));
}
