import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes at once on a machine with nothing else to do, and late on a busy one: that is no failure.
    expect: { poll: { timeout: 20_000 } },
  },
});
