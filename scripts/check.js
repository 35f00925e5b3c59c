// `npm run check`: everything that must hold before a change goes in, in one command. It begins with the set-up and
// ends with what `npm test` runs; the first step that fails ends it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const STEPS = ['setup', 'format', 'types', 'lint', 'layers', 'dead', 'publint', 'test'];
const root = fileURLToPath(new URL('..', import.meta.url));

for (const step of STEPS) {
  console.log(`check: npm run ${step}`);
  const began = Date.now();
  const { status, signal } = spawnSync('npm', ['run', '--silent', step], { cwd: root, stdio: 'inherit' });
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`check: ${step} failed after ${seconds} s (${signal ?? `exit code ${status}`})`);
    process.exit(1);
  }
  console.log(`check: ${step} passed in ${seconds} s`);
}
console.log('check: everything passed');
