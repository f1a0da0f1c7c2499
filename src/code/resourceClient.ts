import type { PrometheusClient } from '@prometheus-io/codemirror-promql/dist/esm/client';
import { labelMatchersToString } from '@prometheus-io/codemirror-promql/dist/esm/parser';
import type { Matcher } from '@prometheus-io/codemirror-promql/dist/esm/types';

import type { ModelMetricsDataSource } from '../datasource';
import { escapeRegex, escapeString } from '../promql';

/** How long an answer is good for, in milliseconds. */
const FRESH = 60_000;

interface Answer {
  at: number;
  found: Promise<unknown>;
}

/** Asks the backend for what completion offers. It asks no question twice within a minute. */
export class ResourceClient implements PrometheusClient {
  /** Prometheus has more metrics than the backend lists: which are offered depends on what is written. */
  hasMoreMetrics = false;
  private readonly answers = new Map<string, Answer>();

  constructor(private readonly datasource: ModelMetricsDataSource) {}

  /** The metrics, or where they are more than the backend lists, those with `part` in their names. */
  async metricNames(part = ''): Promise<string[]> {
    const all = await this.once('metrics', () => this.datasource.findLabelValues('__name__'));
    this.hasMoreMetrics = all.truncated;
    if (!all.truncated || !part) {
      return all.values;
    }
    const pattern = escapeString(`.*${escapeRegex(part)}.*`, '"');
    return this.valuesOf('__name__', `{__name__=~"${pattern}"}`);
  }

  labelNames(metric?: string): Promise<string[]> {
    return this.once(`labels of ${metric}`, () => this.datasource.getLabelNames(metric));
  }

  labelValues(label: string, metric = '', matchers: Matcher[] = []): Promise<string[]> {
    const others = matchers.filter(({ name, value }) => name !== label && value !== '');
    const selector = labelMatchersToString(metric, others, label);
    return this.valuesOf(label, selector);
  }

  /** Help is an extra: without it there are still the names. */
  metricMetadata() {
    return this.once('metadata', () => this.datasource.getMetadata()).catch(() => ({}));
  }

  // Completion reads neither series nor flags.

  async series(): Promise<Array<Map<string, string>>> {
    return [];
  }

  async flags(): Promise<Record<string, string>> {
    return {};
  }

  private async valuesOf(label: string, selector: string): Promise<string[]> {
    const found = await this.once(`${label} of ${selector}`, () => this.datasource.findLabelValues(label, selector));
    return found.values;
  }

  private once<Found>(question: string, ask: () => Promise<Found>): Promise<Found> {
    const known = this.answers.get(question);
    if (known && Date.now() - known.at < FRESH) {
      return known.found as Promise<Found>;
    }
    const found = ask().catch((error: unknown) => {
      this.answers.delete(question);
      throw error;
    });
    this.answers.set(question, { at: Date.now(), found });
    return found;
  }
}
