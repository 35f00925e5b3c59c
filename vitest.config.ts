import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Node strips the types of each .ts file that a thread or a program of a test is started from with a compiler in WebAssembly. Kept
// here, that is done once a file: a start takes half the time. And V8 ends a process at random in which threads that load
// WebAssembly end while others begin ("Check failed: jit_page.has_value()", nodejs/node#64500).
process.env['NODE_COMPILE_CACHE'] = fileURLToPath(
  new URL('node_modules/.cache/test-programs', import.meta.url),
);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Ten times what a test takes on a quiet machine, or more: who needs longer hangs.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // What is waited for comes at once on a machine with nothing else to do, and late on a busy one: that is no failure.
    expect: { poll: { timeout: 20_000 } },
  },
});
