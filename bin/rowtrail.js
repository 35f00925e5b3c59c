#!/usr/bin/env node
// The launcher: starts the command line on a Node that can run it. This file and hand-over.js keep to what old Nodes
// can parse (no `??`, no `?.`, no top-level await, no `node:` prefix), so that they can say what is wrong.
import { existsSync } from 'fs';
import { fileURLToPath } from 'url';
import {
  end,
  findNode,
  handOver,
  isNewEnough,
  keepCompiled,
  LEAST_NODE,
  takeFlags,
  tieToLauncher,
} from './hand-over.js';

const program = new URL('../dist/program/start.js', import.meta.url);
const compiled = new URL('../dist/program/compiled', import.meta.url);

/** @param {string} sentence */
function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}

// Each file waits for the disk in one of these threads: with Node's four, 32 transfers would wait for each other. Read when the
// first of them is needed. An environment that says otherwise keeps its word.
if (process.env.UV_THREADPOOL_SIZE === undefined) process.env.UV_THREADPOOL_SIZE = '16';

function start() {
  takeFlags(process);
  tieToLauncher(process);
  if (!existsSync(fileURLToPath(program))) {
    return fail('rowtrail is not built yet: run `npm run build` in its folder.');
  }
  keepCompiled(fileURLToPath(compiled));
  return import(program.href)
    .then((cli) => cli.main(process.argv.slice(2)))
    .then(
      (exitCode) => end(process, exitCode),
      (error) => fail(`rowtrail: ${error instanceof Error ? error.message : error}`),
    );
}

if (isNewEnough(process.version)) {
  start();
} else {
  const node = findNode(fileURLToPath(import.meta.url));
  if (node === null) {
    fail(
      `rowtrail needs Node ${LEAST_NODE} or newer; this is ${process.version}: ` +
        'install a newer one, or `npm install node@24` beside rowtrail.',
    );
  } else {
    handOver(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
  }
}
