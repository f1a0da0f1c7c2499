import { EditorView, Rect } from '@codemirror/view';

import { infoPosition } from './infoPosition';

const SPACE: Rect = { left: 0, right: 1000, top: 0, bottom: 800 };

/** Positions the help, 300 pixels wide and 100 high, of a list at `left` with a width, from `top` to `top + 200`. */
function position(left: number, width: number, top = 100) {
  const list = { left, right: left + width, top, bottom: top + 200 };
  const option = { ...list, bottom: top + 20 };
  const info = { left: 0, right: 300, top: 0, bottom: 100 };
  return infoPosition({} as EditorView, list, option, info, SPACE);
}

it.each<[string, number, number, string, RegExp]>([
  ['to the right of a list at the left', 10, 300, 'cm-completionInfo-right', /^top: 0px; max-width: 480px$/],
  ['to the right in a narrower box', 500, 250, 'cm-completionInfo-right', /max-width: 250px/],
  ['to the left of a list at the right', 600, 380, 'cm-completionInfo-left', /max-width: 480px/],
  ['below a list without room on both sides', 100, 800, 'cm-completionInfo-narrow', /^top: 200px; left: 0; /],
])('is %s', (_, left, width, className, style) => {
  expect(position(left, width)).toEqual({ class: className, style: expect.stringMatching(style) });
});

it('is above a list at the bottom without room on both sides', () => {
  expect(position(100, 800, 590).style).toMatch(/^bottom: 200px; left: 0; /);
});
