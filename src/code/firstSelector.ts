import { parseSelector, Selector } from '../shared/selector';
import { promql } from './language';
import { standIns } from './standIns';

/**
 * Returns the first selector of an expression, or undefined if there is none or if it contains more than a name and
 * matchers. Dashboard variables in it stay as they are written.
 */
export function firstSelector(expr: string): Selector | undefined {
  const { text } = standIns(expr);
  let selector: { from: number; to: number } | undefined;
  promql.parse(text).iterate({
    enter: ({ name, from, to }) => {
      if (!selector && name === 'VectorSelector' && !isCall(text, to)) {
        selector = { from, to };
      }
      return !selector;
    },
  });
  return selector && parseSelector(expr.slice(selector.from, selector.to));
}

/** Reports whether parentheses follow: the grammar parses a function that it doesn't know as a selector. */
function isCall(text: string, to: number): boolean {
  return /^\s*\(/.test(text.slice(to));
}
