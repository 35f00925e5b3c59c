// `npm run build`: compiles src/ into dist/.
import { fileURLToPath } from 'node:url';
import { build } from './repository/build.js';

try {
  await build(fileURLToPath(new URL('..', import.meta.url)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
