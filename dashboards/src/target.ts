import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** Converts a query for the SDK. The SDK marks queries with a method, which JSON omits. */
export const asTarget = (query: object): Builder<Dataquery> => ({
  build: () => ({ ...query, _implementsDataqueryVariant: () => {} }),
});
