/** Parameter Store: the settings that are written as `ssm:/name`. */
import type { ParameterValues } from '../../core/config/parameters.ts'

export interface ParameterStore {
  /**
   * The values of these parameters, without those that do not exist or may not be read. They are kept, and asked for again
   * after `forget`. Throws ServiceError ('Parameter Store') where it cannot be asked and none were kept.
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
        const fetched = await fetchParameters(names)
        // The kept values are most likely still right, and better than none.
        const before = [...kept.values].filter(([name]) => fetched.refused.has(name))
        kept = { ...fetched, values: new Map([...fetched.values, ...before]) }
        fresh = true
      } catch (error) {
        if (!complete) throw error
      }
      return kept
    },
    forget() {
      fresh = false
    },
  }
}
