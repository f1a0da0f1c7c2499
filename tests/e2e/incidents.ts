/** The incidents with which the demo runs, and the alert rules that each makes fire: some on every platform. */
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
