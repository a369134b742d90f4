/** CloudWatch metrics, as lines of the log (EMF), by Powertools: https://docs.powertools.aws.dev/lambda/typescript/latest/features/metrics/ */
import { Metrics } from '@aws-lambda-powertools/metrics'
import type { Measurement } from '../../core/report/metrics.ts'

/** The alarms of `infra/template.yaml` watch it. */
const namespace = 'Levity'

/** Writes one line, or nothing if nothing was measured. `service` is the only dimension, because each further one costs money. Never throws. */
export function emitMetrics(measurements: readonly Measurement[], service: string): void {
  if (measurements.length === 0) return
  try {
    const metrics = new Metrics({ namespace, serviceName: service })
    for (const { name, unit, value } of measurements) metrics.addMetric(name, unit, value)
    metrics.publishStoredMetrics()
  } catch {
    // A run must not fail because its metrics cannot be written.
  }
}
