import { defineConfig } from 'vitest/config'

/** `npm run crash`: every kill point on every server, for an hour or so; `npm test` takes samples. */
export default defineConfig({
  test: {
    include: ['test/crash/*whole.test.ts'],
    testTimeout: 24 * 3_600_000,
    hookTimeout: 60_000,
  },
})
