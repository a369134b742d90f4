/** The story as it stands in src/, or with one sentence of it replaced: a rule taken out. */
import { bundleChanged, type Change } from '../../scripts/campaign/changed-source.ts'

export type Story = {
  readonly runRoute: typeof import('../../src/stories/run/run.ts').runRoute
  readonly createClock: typeof import('../../src/io/clock.ts').createClock
  /** The story's own class: each bundle has one. */
  readonly ServiceError: typeof import('../../src/core/failure/failure.ts').ServiceError
}

/** A listing is longer than a run from two pages on, so that a few posts reach what 500 would. */
const scale: Change = { from: 'const pagesPerRun = 25', to: 'const pagesPerRun = 2' }

export async function loadStory(changes: readonly Change[] = []): Promise<Story> {
  const exports = {
    runRoute: 'stories/run/run.ts',
    createClock: 'io/clock.ts',
    ServiceError: 'core/failure/failure.ts',
  }
  const code = await bundleChanged(exports, [scale, ...changes])
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
}
