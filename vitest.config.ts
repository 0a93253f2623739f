import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Every core: left alone, one is kept free, which on two of them doubles the time.
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    maxWorkers: '100%',
  },
})
