import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/crash/*whole.test.ts'],
    // One more than there are cores, for most tests wait for another process.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/core/**', 'src/stories/**'], reporter: ['text-summary', 'html'] },
  },
})
