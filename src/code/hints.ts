import { SyntaxNode, Tree } from '@lezer/common';

import { MetricKnowledge, RecordingRule } from '../shared/editorDataSource';
import { ancestorOf, nodesOf, parseExpression, selectorAt } from './syntax';

/** A suggestion to change an expression. */
export interface Hint {
  /** What is unusual about the expression. */
  text: string;
  /** The text of the button that applies the hint. */
  action: string;
  /** The expression after the hint is applied. */
  expr: string;
}

interface Change {
  from: number;
  to?: number;
  insert: string;
}

/** The maximum number of hints. */
const MAX_HINTS = 5;

const RANGE = '[$__rate_interval]';
const QUANTILE = 'histogram_quantile(0.95, ';
const RATES = ['Rate', 'Irate', 'Increase', 'Xrate', 'Xincrease'];

/** Functions and aggregations for which it doesn't matter that a counter only rises. */
const OF_COUNTERS = ['Count', 'Group', 'Absent', 'Timestamp', 'Resets', 'Changes'];

/**
 * Returns hints for an expression: a counter without `rate`, buckets of a histogram without a quantile, and parts for
 * which a recording rule exists. `isHeatmap` is whether the buckets are shown as a heatmap. An expression with a syntax
 * error has no hints.
 */
export function hintsFor(expr: string, isHeatmap: boolean, { metadata, rules }: MetricKnowledge): Hint[] {
  const tree = parseExpression(expr);
  if (!tree) {
    return [];
  }
  const selectors = nodesOf(tree.topNode, 'VectorSelector');
  const found = [
    ...ruleHints(expr, tree, rules),
    ...selectors.flatMap((selector) => rateHint(expr, selector, metadata)),
    ...(isHeatmap ? [] : selectors.flatMap((selector) => quantileHint(expr, selector, metadata))),
  ];
  return found.slice(0, MAX_HINTS);
}

function rateHint(expr: string, selector: SyntaxNode, metadata: MetricKnowledge['metadata']): Hint[] {
  const { metric } = selectorAt(expr, selector);
  const isInstant = !ancestorOf(selector, ['MatrixSelector', 'SubqueryExpr', 'MatchingModifierClause']);
  const isExpected = isUnder(selector, OF_COUNTERS);
  if (!isInstant || isExpected || isBucket(metric, metadata) || !isCounter(metric, metadata)) {
    return [];
  }
  // In `x offset 5m` and `x @ end()`, the range belongs directly after the selector.
  const modified = withModifiers(selector);
  return [
    {
      text: `${metric} is a counter, which only rises.`,
      action: 'Apply rate()',
      expr: changed(expr, [
        { from: modified.from, insert: 'rate(' },
        { from: selector.to, insert: RANGE },
        { from: modified.to, insert: ')' },
      ]),
    },
  ];
}

function quantileHint(expr: string, selector: SyntaxNode, metadata: MetricKnowledge['metadata']): Hint[] {
  const { metric } = selectorAt(expr, selector);
  const isInQuantile = isUnder(selector, [
    'HistogramQuantile',
    'HistogramFraction',
    'HistogramQuantiles',
    ...OF_COUNTERS,
  ]);
  const isComparedBucket = selectorAt(expr, selector).matchers.some(({ name }) => name === 'le');
  if (!isBucket(metric, metadata) || isInQuantile || isComparedBucket || ancestorOf(selector, ['SubqueryExpr'])) {
    return [];
  }
  const changes = quantileChanges(expr, selector);
  return changes
    ? [
        {
          text: `${metric} contains the buckets of a histogram.`,
          action: 'Apply histogram_quantile()',
          expr: changed(expr, changes),
        },
      ]
    : [];
}

/**
 * Returns the changes that compute a quantile from buckets, around the rate and the sum that the expression has. Returns
 * undefined if the expression uses the buckets in another way.
 */
function quantileChanges(expr: string, selector: SyntaxNode): Change[] | undefined {
  const call = ancestorOf(selector, ['FunctionCall']);
  const hasRate = call && RATES.includes(functionOf(call));
  if (!hasRate && ancestorOf(selector, ['MatrixSelector'])) {
    return undefined;
  }
  const rate = hasRate ? call : withModifiers(selector);
  const added = hasRate
    ? []
    : [
        { from: rate.from, insert: 'rate(' },
        { from: selector.to, insert: RANGE },
        { from: rate.to, insert: ')' },
      ];
  const sum = rate.parent?.name === 'FunctionCallBody' ? rate.parent.parent : null;
  if (sum?.name !== 'AggregateExpr' || functionOf(sum) !== 'Sum') {
    return around(rate, `${QUANTILE}sum by (le) (`, '))', added);
  }
  const modifier = sum.getChild('AggregateModifier');
  const labels = modifier?.getChild('GroupingLabels');
  if (!modifier || !labels) {
    const operator = sum.firstChild as SyntaxNode;
    return around(sum, QUANTILE, ')', [{ from: operator.to, insert: ' by (le) ' }, ...added]);
  }
  const names = nodesOf(labels, 'LabelName', 'QuotedLabelName').map(({ from, to }) => expr.slice(from, to));
  const le = { from: labels.from + 1, insert: names.length > 0 ? 'le, ' : 'le' };
  if (modifier.getChild('Without') && names.includes('le')) {
    return undefined;
  }
  const lacksLe = modifier.getChild('By') !== null && !names.includes('le');
  return around(sum, QUANTILE, ')', lacksLe ? [le, ...added] : added);
}

/** Returns changes that enclose a node, and changes within the node. */
function around({ from, to }: { from: number; to: number }, before: string, after: string, inner: Change[]): Change[] {
  return [{ from, insert: before }, ...inner, { from: to, insert: after }];
}

/** Returns hints for the parts of an expression, or the complete expression, that are equal to a recording rule. */
function ruleHints(expr: string, tree: Tree, rules: RecordingRule[]): Hint[] {
  const recorded = new Map(rules.map(({ name, query }) => [normalized(query), name]));
  recorded.delete(undefined);
  const hints: Hint[] = [];
  tree.cursor().iterate(({ node, type }) => {
    const isExpression = /^(AggregateExpr|BinaryExpr|FunctionCall|ParenExpr|UnaryExpr|OffsetExpr)$/.test(type.name);
    const name = isExpression ? recorded.get(tokensOf(expr, node)) : undefined;
    if (name) {
      const part = node.from === 0 && node.to === expr.length ? 'this expression' : expr.slice(node.from, node.to);
      hints.push({
        text: `The recording rule ${name} computes ${part}.`,
        action: `Use ${name}`,
        expr: changed(expr, [{ from: node.from, to: node.to, insert: name }]),
      });
    }
    return name === undefined; // The parts of a recorded expression need no hint.
  });
  return hints;
}

function normalized(query: string): string | undefined {
  const tree = parseExpression(query);
  return tree && tree.topNode.firstChild ? tokensOf(query, tree.topNode.firstChild) : undefined;
}

/** Returns the text of a node without spaces and comments outside of strings. */
function tokensOf(expr: string, node: SyntaxNode): string {
  const literals = nodesOf(node, 'StringLiteral');
  let text = '';
  let at = node.from;
  const plain = (part: string) =>
    part
      .replace(/#.*/g, '')
      .replace(/\s+/g, ' ')
      .replace(/ ?([^\w$]) ?/g, '$1');
  for (const { from, to } of literals) {
    text += plain(expr.slice(at, from)) + expr.slice(from, to);
    at = to;
  }
  return (text + plain(expr.slice(at, node.to))).trim();
}

/** Returns the selector with its modifiers, such as `offset 5m`. */
function withModifiers(selector: SyntaxNode): SyntaxNode {
  const { parent } = selector;
  return parent && /^(OffsetExpr|StepInvariantExpr|AnchoredExpr|SmoothedExpr)$/.test(parent.name)
    ? withModifiers(parent)
    : selector;
}

/** Reports whether a node is an argument, at any depth, of one of the functions or aggregations. */
function isUnder(node: SyntaxNode, functions: string[]): boolean {
  const call = ancestorOf(node, ['FunctionCall', 'AggregateExpr']);
  return call !== undefined && (functions.includes(functionOf(call)) || isUnder(call, functions));
}

/** Returns the name of the function of a call or an aggregation in the grammar, such as `HistogramQuantile`. */
function functionOf(call: SyntaxNode): string {
  return call.firstChild?.firstChild?.name ?? '';
}

function isCounter(metric: string, metadata: MetricKnowledge['metadata']): boolean {
  const types = typesOf(metric, metadata);
  const ofBase = typesOf(metric.replace(/_(count|sum)$/, ''), metadata);
  const isOfHistogram =
    /_(count|sum)$/.test(metric) && ofBase.some((type) => type === 'histogram' || type === 'summary');
  return types.length > 0 ? types.every((type) => type === 'counter') : isOfHistogram || /_total$/.test(metric);
}

function isBucket(metric: string, metadata: MetricKnowledge['metadata']): boolean {
  const types = typesOf(metric.replace(/_bucket$/, ''), metadata);
  return /_bucket$/.test(metric) && types.every((type) => type === 'histogram');
}

function typesOf(metric: string, metadata: MetricKnowledge['metadata']): string[] {
  return (Object.hasOwn(metadata, metric) ? metadata[metric] : []).map(({ type }) => type);
}

/** Applies changes, whose positions are those before any change. */
function changed(expr: string, changes: Change[]): string {
  return changes
    .map((change, index) => ({ ...change, index }))
    .sort((one, other) => other.from - one.from || other.index - one.index)
    .reduce((text, { from, to = from, insert }) => text.slice(0, from) + insert + text.slice(to), expr);
}
