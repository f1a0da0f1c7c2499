import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** Converts a query to the SDK's type for queries, which has an additional method. JSON omits the method. */
export const asTarget = (query: object): Builder<Dataquery> => ({
  build: () => ({ ...query, _implementsDataqueryVariant: () => {} }),
});
