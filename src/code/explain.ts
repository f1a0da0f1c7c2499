import { SyntaxNode } from '@lezer/common';
import {
  aggregateOpTerms,
  functionIdentifierTerms,
} from '@prometheus-io/codemirror-promql/dist/esm/complete/promql.terms';

import { MACROS } from '../shared/macros';
import { LabelMatcher, nodesOf, parseExpression, selectorAt } from './syntax';

/** A part of an expression and its meaning. */
export interface Part {
  text: string;
  meaning: string;
  /** The number of parts that contain this part. */
  depth: number;
}

/** The maximum number of parts that are explained. */
const MAX_PARTS = 100;

const OPERATORS: Record<string, string> = {
  '+': 'Adds both sides',
  '-': 'Subtracts the right side from the left side',
  '*': 'Multiplies both sides',
  '/': 'Divides the left side by the right side',
  '%': 'Returns the remainder of the left side divided by the right side',
  '^': 'Raises the left side to the power of the right side',
  atan2: 'Returns the arc tangent of the left side divided by the right side',
  '==': 'Keeps the values of the left side that equal the right side',
  '!=': 'Keeps the values of the left side that differ from the right side',
  '>': 'Keeps the values of the left side that are greater than the right side',
  '<': 'Keeps the values of the left side that are less than the right side',
  '>=': 'Keeps the values of the left side that are greater than or equal to the right side',
  '<=': 'Keeps the values of the left side that are less than or equal to the right side',
  and: 'Keeps the series of the left side that the right side has, too',
  or: 'Returns the series of the left side, and those of the right side that the left side lacks',
  unless: 'Keeps the series of the left side that the right side lacks',
};

/**
 * Explains an expression: first the expression itself, then its parts. Returns undefined if the expression has a syntax
 * error, or uses a syntax that only some servers support.
 */
export function explain(expr: string): Part[] | undefined {
  const root = parseExpression(expr)?.topNode.firstChild;
  if (!root) {
    return undefined;
  }
  const parts: Part[] = [];
  addParts(expr, root, 0, parts);
  return parts;
}

function addParts(expr: string, node: SyntaxNode, depth: number, parts: Part[]) {
  if (parts.length >= MAX_PARTS) {
    return;
  }
  const meaning = meaningOf(expr, node);
  if (meaning) {
    parts.push({ text: expr.slice(node.from, node.to), meaning: `${meaning}.`, depth });
  }
  // A selector is explained as a whole. The call that contains it explains the constants.
  const isWhole = node.name === 'MatrixSelector' || node.name === 'VectorSelector';
  for (let child = isWhole ? null : node.firstChild; child; child = child.nextSibling) {
    addParts(expr, child, meaning ? depth + 1 : depth, parts);
  }
}

/** Returns the meaning of a node without the meaning of its parts, or undefined for a node without one of its own. */
function meaningOf(expr: string, node: SyntaxNode): string | undefined {
  const textOf = (child: SyntaxNode | null | undefined) => (child ? expr.slice(child.from, child.to) : '');
  switch (node.name) {
    case 'VectorSelector':
      return `The latest value of each series ${selection(expr, node)}`;
    case 'MatrixSelector': {
      const selector = node.getChild('VectorSelector');
      return selector
        ? `All values within ${duration(textOf(node.lastChild))} of each series ${selection(expr, selector)}`
        : undefined;
    }
    case 'SubqueryExpr': {
      const [range, step] = node.getChildren('DurationExpr').map(textOf);
      return `Evaluates the expression in brackets over ${duration(range)}${step ? `, every ${duration(step)}` : ''}`;
    }
    case 'OffsetExpr': {
      const offset = textOf(node.lastChild);
      const [, sign, length] = /^([-+]?)\s*(.*)$/s.exec(offset) ?? [];
      return `Evaluates the selector ${duration(length)} ${sign === '-' ? 'later' : 'earlier'}`;
    }
    case 'StepInvariantExpr':
      return 'Evaluates the selector at a fixed time, which follows the @';
    case 'FunctionCall':
      return functionMeaning(textOf(node.firstChild));
    case 'AggregateExpr':
      return aggregateMeaning(expr, node);
    case 'BinaryExpr':
      return operatorMeaning(expr, node);
    case 'UnaryExpr':
      return textOf(node.firstChild) === '-' ? 'Changes the sign of each value' : 'Returns the values unchanged';
    case 'NumberDurationLiteral':
      return node.parent?.name === 'BinaryExpr' ? 'A number' : undefined;
    default:
      return undefined;
  }
}

function selection(expr: string, selector: SyntaxNode): string {
  const { metric, matchers } = selectorAt(expr, selector);
  const conditions = matchers.map(condition);
  return [
    metric ? `of ${metric}` : 'of any metric',
    ...(conditions.length ? [`for which ${listed(conditions)}`] : []),
  ].join(' ');
}

function condition({ name, operator, value }: LabelMatcher): string {
  const verbs: Record<string, string> = {
    '=': 'is',
    '!=': 'is not',
    '=~': 'matches the regular expression',
    '!~': 'doesn’t match the regular expression',
  };
  return value === '' && operator !== '=~' && operator !== '!~'
    ? `${name} ${operator === '=' ? 'is absent' : 'is present'}`
    : `${name} ${verbs[operator]} “${value}”`;
}

function functionMeaning(name: string): string {
  const term = functionIdentifierTerms.find(({ label }) => label === name);
  return term?.info ? `${name}: ${term.info}` : `The function ${name}`;
}

function aggregateMeaning(expr: string, node: SyntaxNode): string {
  const name = node.firstChild ? expr.slice(node.firstChild.from, node.firstChild.to) : '';
  const info = aggregateOpTerms.find(({ label }) => label === name.toLowerCase())?.info ?? 'An aggregation';
  const modifier = node.getChild('AggregateModifier');
  const labels = modifier ? labelsIn(expr, modifier) : [];
  if (!modifier || (modifier.getChild('By') && labels.length === 0)) {
    return `${name}: ${info}. One result for all series`;
  }
  if (modifier.getChild('By')) {
    return `${name}: ${info}. One result for each ${labels.length > 1 ? 'combination' : 'value'} of ${listed(labels)}`;
  }
  return labels.length
    ? `${name}: ${info}. One result for all series that differ only in ${listed(labels)}`
    : `${name}: ${info}. One result for each series without its name`;
}

function operatorMeaning(expr: string, node: SyntaxNode): string {
  const [left, ...rest] = childrenOf(node);
  const operator = rest.find(({ name }) => !/Modifier/.test(name));
  const symbol = operator ? expr.slice(operator.from, operator.to).toLowerCase() : '';
  const right = rest.at(-1);
  const isBool = node.getChild('BoolModifier') !== null;
  const meaning = OPERATORS[symbol] ?? `The operator ${symbol}`;
  const text = isBool ? `${meaning.replace('Keeps the', 'Returns 1 for')}, and 0 for the others` : meaning;
  const clause = node.getChild('MatchingModifierClause');
  const isOfSeries = [left, right].every((side) => side && !/^(NumberDurationLiteral|StringLiteral)$/.test(side.name));
  return isOfSeries ? `${text}. ${matching(expr, clause)}` : text;
}

function matching(expr: string, clause: SyntaxNode | null): string {
  if (!clause) {
    return 'Series match if all their labels are equal';
  }
  const [labels] = clause.getChildren('GroupingLabels');
  const names = listed(labels ? labelsIn(expr, labels) : []);
  const many = clause.getChild('GroupLeft') ? 'left' : clause.getChild('GroupRight') ? 'right' : '';
  const rule = clause.getChild('On')
    ? `Series match if ${names ? `their values of ${names} are equal` : 'there is one on each side'}`
    : `Series match if all their labels except ${names} are equal`;
  return many ? `${rule}. Several series of the ${many} side can match the same series` : rule;
}

function labelsIn(expr: string, node: SyntaxNode): string[] {
  return nodesOf(node, 'LabelName', 'QuotedLabelName').map(({ from, to }) => expr.slice(from, to));
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    children.push(child);
  }
  return children;
}

function duration(text: string): string {
  const macro = MACROS.find(({ name }) => text === `$${name}` || text === `\${${name}}`);
  return macro ? `${text} (${macro.description[0].toLowerCase()}${macro.description.slice(1)})` : text;
}

function listed(items: string[]): string {
  return items.length > 1 ? `${items.slice(0, -1).join(', ')} and ${items.at(-1)}` : (items[0] ?? '');
}
