import type { PrometheusClient } from '@prometheus-io/codemirror-promql/dist/esm/client';
import { labelMatchersToString } from '@prometheus-io/codemirror-promql/dist/esm/parser';
import { Matcher } from '@prometheus-io/codemirror-promql/dist/esm/types';

import { EditorDataSource } from '../shared/editorDataSource';
import { NameList } from '../shared/nameList';
import { escapeRegex, escapeString, isIdentifier, labelName } from '../shared/promql';

/** The lifetime of a cached response in milliseconds. */
const MAX_AGE = 60_000;

interface CachedResponse {
  time: number;
  response: Promise<unknown>;
}

/** Loads names and values for completion from the backend. Responses are cached for a minute. */
export class ResourceClient implements PrometheusClient {
  /** Whether the list of completions is truncated. */
  isTruncated = false;
  /** Whether the completions must be requested again when the text changes. */
  dependsOnText = false;

  /** `text` is the part of a name or value before the cursor. */
  constructor(
    private readonly datasource: EditorDataSource,
    private readonly text = '',
    private readonly cache = new Map<string, CachedResponse>()
  ) {}

  /** Returns a client for another text, with the same cache. */
  forText(text: string): ResourceClient {
    return new ResourceClient(this.datasource, text, this.cache);
  }

  /**
   * Returns the names of metrics. If the list of all names is truncated, returns the names that contain the text.
   */
  metricNames(): Promise<string[]> {
    return this.valuesOf('__name__', '', []);
  }

  /** Returns the label names of a metric or of all series. Prometheus can't search them, so the text has no effect. */
  async labelNames(metric?: string): Promise<string[]> {
    return this.take(await this.cached(`labels of ${metric}`, () => this.datasource.findLabelNames(metric)));
  }

  /**
   * Returns the values of a label in the series of the metric that match the matchers of other labels. If this list is
   * truncated, returns the values that contain the text.
   */
  labelValues(label: string, metric = '', matchers: Matcher[] = []): Promise<string[]> {
    const others = matchers.filter(({ name, value }) => name !== label && value !== '');
    return this.valuesOf(label, metric, others.map(withQuotedName));
  }

  /** Returns the types and help texts of the metrics. If they are unavailable, names are completed without them. */
  metricMetadata() {
    return this.cached('metadata', () => this.datasource.getMetadata()).catch(() => ({}));
  }

  // Completion uses neither series nor flags.

  async series(): Promise<Array<Map<string, string>>> {
    return [];
  }

  async flags(): Promise<Record<string, string>> {
    return {};
  }

  private async valuesOf(label: string, metric: string, matchers: Matcher[]): Promise<string[]> {
    const list = (selector: string) =>
      this.cached(`${label} of ${selector}`, () => this.datasource.findLabelValues(label, selector));
    const selector = labelMatchersToString(metric, matchers, label);
    const all = await list(selector);
    if (!all.truncated || !this.text) {
      return this.take(all);
    }
    this.dependsOnText = true;
    return this.take(await list(containing(selector, label, this.text)));
  }

  private take({ values, truncated }: NameList): string[] {
    this.isTruncated ||= truncated;
    this.dependsOnText ||= truncated;
    return values;
  }

  private cached<Response>(key: string, load: () => Promise<Response>): Promise<Response> {
    const known = this.cache.get(key);
    if (known && Date.now() - known.time < MAX_AGE) {
      return known.response as Promise<Response>;
    }
    const response = load().catch((error: unknown) => {
      this.cache.delete(key);
      throw error;
    });
    this.cache.set(key, { time: Date.now(), response });
    return response;
  }
}

/** Adds a matcher to a selector: the label's value must contain the text. */
function containing(selector: string, label: string, text: string): string {
  const matcher = `${labelName(label)}=~"${escapeString(`.*${escapeRegex(text)}.*`, '"')}"`;
  return selector.endsWith('}') ? `${selector.slice(0, -1)},${matcher}}` : `${selector}{${matcher}}`;
}

/** Quotes a matcher's name if it isn't an identifier, because `labelMatchersToString` doesn't. */
function withQuotedName(matcher: Matcher): Matcher {
  return isIdentifier(matcher.name) ? matcher : new Matcher(matcher.type, `"${matcher.name}"`, matcher.value);
}
