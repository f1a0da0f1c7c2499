import { isClosedLiteral, Strings, textOf, tokenize } from './promqlTokens';

/** Formats tokens as "kind text", without spaces and other characters. */
const tokens = (expr: string, strings?: Strings) =>
  tokenize(expr, strings)
    .filter(({ kind }) => kind !== 'space' && kind !== 'other')
    .map(({ kind, text }) => `${kind} ${text}`);

it.each<[string, string[]]>([
  ['x{job=~"$job"}', ['word x', 'word job', 'operator =~', 'literal "$job"']],
  ['x{a!="b", c!~`d`}', ['word x', 'word a', 'operator !=', 'literal "b"', 'word c', 'operator !~', 'literal `d`']],
  [
    '$a + ${b:regex} + ${c.text} + [[d:csv]]',
    ['variable $a', 'variable ${b:regex}', 'variable ${c.text}', 'variable [[d:csv]]'],
  ],
  ['rate(x[$__rate_interval])', ['word rate', 'word x', 'variable $__rate_interval']],
  ['x_$unit', ['word x_', 'variable $unit']],
  ['${not a variable}', ['word not', 'word a', 'word variable']],
  ['x # it\'s "$a"\n+ y', ['word x', 'comment # it\'s "$a"', 'word y']],
  ['x # a\r+ y', ['word x', 'comment # a', 'word y']],
  [String.raw`"a\"b" 'c\'d'`, [String.raw`literal "a\"b"`, String.raw`literal 'c\'d'`]],
])('splits %p', (expr, want) => {
  expect(tokens(expr)).toEqual(want);
  expect(textOf(tokenize(expr))).toBe(expr);
});

it('returns the position of each token', () => {
  const expr = 'sum by ($a) (x{b="c"})';
  for (const { text, index } of tokenize(expr)) {
    expect(expr.slice(index, index + text.length)).toBe(text);
  }
});

it.each<[string, Strings, string[]]>([
  ['"a\nb" c', 'multiLine', ['literal "a\nb"', 'word c']],
  ['"a\nb', 'multiLine', ['literal "a\nb']],
  ['"a\nb', 'singleLine', ['literal "a', 'word b']],
  ['`a\nb` c', 'singleLine', ['literal `a\nb`', 'word c']],
])('ends the strings of %p as %s', (expr, strings, want) => {
  expect(tokens(expr, strings)).toEqual(want);
});

it.each([
  ['"a"', true],
  [String.raw`"a\\"`, true],
  ['``', true],
  ['"a', false],
  ['"', false],
  [String.raw`"a\"`, false],
  ['a', false],
])('reports whether %p is a closed literal', (text, want) => {
  expect(isClosedLiteral(tokenize(text)[0])).toBe(want);
});
