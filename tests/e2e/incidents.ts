/**
 * The demo runs these incidents while the specs run. Each incident is mapped to the alert rules that fire during it.
 * At least one rule of every platform fires.
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
