/** Parameter Store: the settings that are written as `ssm:/name`. */
import type { ParameterValues } from '../../core/config/parameters.ts'

export interface ParameterStore {
  /**
   * The values of these parameters, without those that do not exist. They are kept, and asked for again after `forget`.
   * Throws ServiceError ('Parameter Store') where they cannot be read and none were kept.
   */
  read(names: readonly string[]): Promise<ParameterValues>
  /** Says that the kept values may be out of date. */
  forget(): void
}

export function createParameterStore(): ParameterStore {
  let kept: ParameterValues = { region: '', values: new Map() }
  let fresh = false
  return {
    async read(names) {
      const complete = names.every((name) => kept.values.has(name))
      if (complete && (fresh || names.length === 0)) return kept
      const { fetchParameters } = await import('./parameter-store-client.ts')
      try {
        kept = await fetchParameters(names)
        fresh = true
      } catch (error) {
        // The kept values are most likely still right, and better than none.
        if (!complete) throw error
      }
      return kept
    },
    forget() {
      fresh = false
    },
  }
}
