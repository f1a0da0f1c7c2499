import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** A query of ours as the SDK takes one. It marks queries with a method, which JSON leaves out. */
export const asTarget = (query: object): Builder<Dataquery> => ({
  build: () => ({ ...query, _implementsDataqueryVariant: () => {} }),
});
