/** A section of the endpoint report that can have a minimum role. */
export type ReportPart = 'performance' | 'usage' | 'costs' | 'resources' | 'errors';

/** Settings of the endpoint report. Amounts are in USD. */
export interface ReportOptions {
  /** The minimum role for each section. All roles may see a section without a minimum role. */
  roles?: Partial<Record<ReportPart, 'Viewer' | 'Editor' | 'Admin'>>;
  /** The prices from which costs are computed, for endpoints that export no costs. */
  prices?: {
    /** The price per instance and hour, by tier. `*` is the price for all other tiers. */
    compute?: Record<string, number>;
    /** The prices per day in which an endpoint exists. */
    storage?: Partial<Record<'models' | 'outputs', number>>;
    /** The prices per 10^9 bytes. */
    network?: Partial<Record<'ingress' | 'egress', number>>;
    /** The price per cold start. For monitoring and logging, the price per day in which an endpoint exists. */
    other?: Partial<Record<'coldStarts' | 'monitoring' | 'logging', number>>;
  };
  /**
   * Budgets for a calendar month, by endpoint id. `*` is the budget of every endpoint without an entry. The budgets
   * don't apply to endpoints that export a budget.
   */
  budgets?: Record<string, number>;
  /** The maximum number of requests for reports that a user can send to the API in an hour. */
  requestsPerHour?: number;
}
