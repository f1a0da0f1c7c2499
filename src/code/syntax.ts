import { SyntaxNode, Tree } from '@lezer/common';

import { unquote } from '../shared/promql';
import { promqlLanguage } from './language';
import { withoutComments } from './standIns';

const { parser } = promqlLanguage('name');

/** Parses an expression, which can contain variables. Returns undefined if it has a syntax error. */
export function parseExpression(expr: string): Tree | undefined {
  const tree = parser.parse(withoutComments(expr));
  let hasError = !tree.topNode.firstChild;
  tree.iterate({ enter: ({ type }) => void (hasError ||= type.isError) });
  return hasError ? undefined : tree;
}

/** Returns the nodes of a type within a node, in the order of the text. */
export function nodesOf(node: SyntaxNode, ...names: string[]): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  node.cursor().iterate(({ node: child, name }) => {
    if (names.includes(name)) {
      nodes.push(child);
    }
  });
  return nodes;
}

/** Returns the closest ancestor of one of the types. */
export function ancestorOf(node: SyntaxNode, names: string[]): SyntaxNode | undefined {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (names.includes(parent.name)) {
      return parent;
    }
  }
  return undefined;
}

export interface LabelMatcher {
  name: string;
  operator: string;
  value: string;
}

/** Returns the metric and the matchers of a selector, as they are written in the expression. */
export function selectorAt(expr: string, selector: SyntaxNode): { metric: string; matchers: LabelMatcher[] } {
  const textAt = (node: SyntaxNode | null) => (node ? expr.slice(node.from, node.to) : '');
  const plain = (node: SyntaxNode | null) => unquote(textAt(node)) ?? textAt(node);
  const matchers = nodesOf(selector, 'UnquotedLabelMatcher', 'QuotedLabelMatcher').map((matcher) => ({
    name: plain(matcher.firstChild),
    operator: textAt(matcher.getChild('MatchOp')),
    value: plain(matcher.lastChild),
  }));
  const named = matchers.find(({ name, operator }) => name === '__name__' && operator === '=');
  const quoted = nodesOf(selector, 'QuotedLabelName').find(({ parent }) => parent?.name !== 'QuotedLabelMatcher');
  const identifier = selector.getChild('Identifier');
  return {
    metric: identifier ? textAt(identifier) : quoted ? plain(quoted) : (named?.value ?? ''),
    matchers: matchers.filter((matcher) => matcher !== named),
  };
}
