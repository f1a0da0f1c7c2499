/**
 * The demo's incidents in the specs, and the alert rules that fire for each. Every platform has at least one such rule.
 */
export const INCIDENTS: Record<string, string[]> = {
  latency: ['InferenceHighP99Latency', 'TessalliteHighLatencyP95', 'TessalliteModelSlow'],
  'node-loss': [
    'TangoDeploymentsDropped',
    'TangoInvocationFailureRateCritical',
    'TangoInvocationFailureRateHigh',
    'TangoModelSlow',
  ],
  'endpoint-errors': ['TensorOneHighErrorRate', 'TensorOneLowSuccessRate'],
  provider: [
    'LangoComponentUnhealthy',
    'LangoProviderRateLimited',
    'LangoRecoveryEscalations',
    'LangoRecoveryRetryStorm',
  ],
};
