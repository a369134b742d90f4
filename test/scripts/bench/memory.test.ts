import { expect, test } from 'vitest'
import { measureMemory } from '../../../scripts/bench/memory.ts'

/** The allocator's settings are glibc's, as on Lambda; elsewhere the number would say nothing. */
test.runIf(process.platform === 'linux')(
  'thirty progressive photographs of 24 megapixels are shrunk within 350 MB',
  () => {
    const [peak] = measureMemory(30, [{ kind: 'progressive', job: 'shrunk' }])
    expect(peak?.megabytes).toBeGreaterThan(50)
    expect(peak?.megabytes).toBeLessThan(350)
  },
  120_000,
)
