// `npm start` alone is `rowtrail demo`; `npm start -- ARGS` is `rowtrail ARGS`. The launcher runs inside this very
// process, so exit codes and signals need no forwarding.
import { fileURLToPath } from 'node:url';

const launcher = new URL('../bin/rowtrail.js', import.meta.url);
const args = process.argv.slice(2);

// npm starts scripts in the repository's folder, but the paths on the command line are meant from where npm was called.
if (process.env.npm_lifecycle_event === 'start' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);

process.argv = [process.execPath, fileURLToPath(launcher), ...(args.length > 0 ? args : ['demo'])];
await import(launcher.href);
