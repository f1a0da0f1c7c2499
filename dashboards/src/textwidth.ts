/** Measures text in Grafana's font for titles and headings: Inter with weight 500 and 14 pixels. */

/** Printable ASCII characters by their width in pixels. Kerning is ignored, because it mostly reduces the width. */
const WIDTHS: Record<string, string> = {
  '3.5': 'ijl',
  '3.9': ' I',
  '4.4': "!',.:;",
  '4.8': '`t|',
  '5.3': '()/[]\\f',
  '5.8': '1r',
  '7': '-_{}^',
  '7.6': '"*?s',
  '7.9': 'Lkvxz',
  '8.2': 'acey7',
  '8.5': 'EFJhnou',
  '8.8': '#235689bdgpq',
  '9.2': '$&04BPRSTZ',
  '9.4': '+<=>~',
  '9.8': 'KXY',
  '10.2': 'ACDV',
  '10.5': 'GHNU',
  '10.8': 'OQ',
  '11.6': 'w',
  '12.8': 'Mm',
  '13.9': '%@',
  '14.4': 'W',
};

const LETTER_SPACING = 0.15;
const WIDEST = 14.4;

const widths = new Map(
  Object.entries(WIDTHS).flatMap(([width, letters]) => [...letters].map((letter) => [letter, Number(width)] as const))
);

/**
 * Estimates the width of a text in pixels. The result is usually slightly larger than the width. Characters other than
 * printable ASCII count as the widest ASCII character.
 */
export const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (widths.get(letter) ?? WIDEST) + LETTER_SPACING, 0);
