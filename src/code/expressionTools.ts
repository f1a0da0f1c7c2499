/** The parts of the PromQL editor that need the parser. They are in the same chunk as the code editor. */
export { Explanation } from './Explanation';
export { ExpressionHints } from './ExpressionHints';
