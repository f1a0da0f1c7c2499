import { EditorView, Rect } from '@codemirror/view';

/** The maximum and the minimum width of the help next to the list, in pixels. */
const MAX_WIDTH = 480;
const MIN_WIDTH = 200;

/**
 * Returns the position of a completion's help, relative to the list: to the right or left of the list, or above or below
 * it if there is no room on both sides. CodeMirror's own position can cover a part of the list.
 */
export function infoPosition(
  view: EditorView,
  list: Rect,
  option: Rect,
  info: Rect,
  space: Rect
): { style?: string; class?: string } {
  const right = space.right - list.right;
  const left = list.left - space.left;
  const isRight = right >= Math.min(info.right - info.left, MIN_WIDTH) || right >= left;
  const room = isRight ? right : left;
  if (room >= Math.min(info.right - info.left, MIN_WIDTH)) {
    const height = info.bottom - info.top;
    const top = Math.max(space.top, Math.min(option.top, space.bottom - height)) - list.top;
    return {
      style: `top: ${top}px; max-width: ${Math.min(MAX_WIDTH, room)}px`,
      class: `cm-completionInfo-${isRight ? 'right' : 'left'}`,
    };
  }
  const isBelow = space.bottom - list.bottom >= list.top - space.top;
  const side = isBelow ? 'top' : 'bottom';
  return {
    style: `${side}: ${list.bottom - list.top}px; left: 0; max-width: ${Math.min(MAX_WIDTH, space.right - list.left)}px`,
    class: 'cm-completionInfo-narrow',
  };
}
