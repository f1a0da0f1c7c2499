import { DataFrame } from '@grafana/data';

/**
 * What Prometheus's engine remarks on the expressions of a query, such as a rate of what may be no counter. The backend
 * puts it into the metadata of the frames: a panel would mark each notice in its header.
 */
export function infosOf(frames: DataFrame[] = []): string[] {
  const infos = frames.flatMap(({ meta }): unknown => meta?.custom?.infos ?? []);
  return [...new Set(infos.filter((info) => typeof info === 'string'))];
}
