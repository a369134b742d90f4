/** What a stage's file may not hold, though a run would not mind. */
import { ConfigError } from '../../src/core/config/config.ts'
import { readSettings } from '../cloud/settings.ts'

/** Every mistake for which `npm run deploy` would refuse it, a sentence each. */
export async function strangersIn(stage: string): Promise<readonly string[]> {
  try {
    await readSettings(stage)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
