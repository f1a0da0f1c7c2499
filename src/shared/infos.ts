import { DataFrame } from '@grafana/data';

/**
 * Returns the infos that Prometheus reports about an expression, for example that a rate is calculated from a metric
 * that might not be a counter. The backend stores them in the metadata of the frames. Only with the setting showInfos,
 * it also stores them in notices, because a panel shows every notice in its header.
 */
export function infosOf(frames: DataFrame[] = []): string[] {
  const infos = frames.flatMap(({ meta }): unknown => meta?.custom?.infos ?? []);
  return [...new Set(infos.filter((info) => typeof info === 'string'))];
}
