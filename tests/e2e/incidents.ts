/**
 * The incidents of the demo in which the specs run, and the alert rules that fire during each incident. At least one
 * rule of every platform fires.
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
