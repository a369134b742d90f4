import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/crash/*whole.test.ts'],
    // All cores: most tests wait for another process.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/core/**', 'src/stories/**'], reporter: ['text-summary', 'html'] },
  },
})
