/** The incidents of the demo and the alert rules that fire for each, at least one on every platform. */
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
