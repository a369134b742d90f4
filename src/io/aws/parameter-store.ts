/** Parameter Store: settings that stand as `ssm:/name`. */
import type { ParameterValues } from '../../core/config/parameters.ts'

export interface ParameterStore {
  /**
   * The values of these parameters, without those that do not exist. They are kept, and asked for again after `forget`.
   * Throws ServiceError ('Parameter Store') where they cannot be read and none were kept.
   */
  read(names: readonly string[]): Promise<ParameterValues>
  /** What is kept may be out of date. */
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
        // Values that may be old are better than none: mostly they are not.
        if (!complete) throw error
      }
      return kept
    },
    forget() {
      fresh = false
    },
  }
}
