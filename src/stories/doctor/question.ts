import type { Finding } from '../../core/doctor/finding.ts'
import { type Service, ServiceError } from '../../core/failure/failure.ts'

/** Waits for an answer, but no longer than `patienceMs`. Never throws. */
export async function question<T>(
  service: Service,
  asking: Promise<T>,
  patienceMs: number,
): Promise<Finding<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise<never>((_, fail) => {
    const reason = `nothing came within ${patienceMs / 1000} s`
    const facts = { service, doing: 'answer a doctor', answer: 'nothing', reason } as const
    timer = setTimeout(() => fail(new ServiceError(facts)), patienceMs)
  })
  try {
    return { is: 'found', found: await Promise.race([asking, patience]) }
  } catch (error) {
    if (error instanceof ServiceError) return { is: 'failed', reason: error.message, facts: error.facts }
    return { is: 'failed', reason: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}
