import type { PrometheusClient } from '@prometheus-io/codemirror-promql/dist/esm/client';
import { labelMatchersToString } from '@prometheus-io/codemirror-promql/dist/esm/parser';
import { Matcher } from '@prometheus-io/codemirror-promql/dist/esm/types';

import { EditorDataSource } from '../shared/editorDataSource';
import { NameList } from '../shared/nameList';
import { escapeRegex, escapeString, isIdentifier, labelName } from '../shared/promql';

/** How long an answer is good for, in milliseconds. */
const FRESH = 60_000;

interface Answer {
  at: number;
  found: Promise<unknown>;
}

/** Asks the backend for what completion offers. It asks no question twice within a minute. */
export class ResourceClient implements PrometheusClient {
  /** There is more than what is offered. */
  isTruncated = false;
  /** Another text would be offered other values. */
  dependsOnWritten = false;

  /** `written` is the part of a name or value that is to be completed. */
  constructor(
    private readonly datasource: EditorDataSource,
    private readonly written = '',
    private readonly answers = new Map<string, Answer>()
  ) {}

  /** A client with the same answers, to complete another text. */
  completing(written: string): ResourceClient {
    return new ResourceClient(this.datasource, written, this.answers);
  }

  /** The metrics, or where they are more than the backend lists, those with what is written in their names. */
  metricNames(): Promise<string[]> {
    return this.valuesOf('__name__', '', []);
  }

  /** Prometheus doesn't look for a part of a label's name. */
  async labelNames(metric?: string): Promise<string[]> {
    return this.take(await this.once(`labels of ${metric}`, () => this.datasource.findLabelNames(metric)));
  }

  /** The values, or where they are more than the backend lists, those with what is written in them. */
  labelValues(label: string, metric = '', matchers: Matcher[] = []): Promise<string[]> {
    const others = matchers.filter(({ name, value }) => name !== label && value !== '');
    return this.valuesOf(label, metric, others.map(withQuotedName));
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

  private async valuesOf(label: string, metric: string, matchers: Matcher[]): Promise<string[]> {
    const list = (selector: string) =>
      this.once(`${label} of ${selector}`, () => this.datasource.findLabelValues(label, selector));
    const selector = labelMatchersToString(metric, matchers, label);
    const all = await list(selector);
    if (!all.truncated || !this.written) {
      return this.take(all);
    }
    this.dependsOnWritten = true;
    return this.take(await list(containing(selector, label, this.written)));
  }

  private take({ values, truncated }: NameList): string[] {
    this.isTruncated ||= truncated;
    this.dependsOnWritten ||= truncated;
    return values;
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

/** The selector of those series whose label has a text in it. */
function containing(selector: string, label: string, text: string): string {
  const matcher = `${labelName(label)}=~"${escapeString(`.*${escapeRegex(text)}.*`, '"')}"`;
  return selector.endsWith('}') ? `${selector.slice(0, -1)},${matcher}}` : `${selector}{${matcher}}`;
}

/** Of a name that was written in quotes the matcher has what stands between them. */
function withQuotedName(matcher: Matcher): Matcher {
  return isIdentifier(matcher.name) ? matcher : new Matcher(matcher.type, `"${matcher.name}"`, matcher.value);
}
