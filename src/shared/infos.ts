import { DataFrame } from '@grafana/data';

/**
 * Returns the infos that Prometheus reports about a query's expressions, such as a rate of a metric that might not be a
 * counter. The backend stores them in the metadata of the frames, because a panel shows each notice in its header.
 */
export function infosOf(frames: DataFrame[] = []): string[] {
  const infos = frames.flatMap(({ meta }): unknown => meta?.custom?.infos ?? []);
  return [...new Set(infos.filter((info) => typeof info === 'string'))];
}
