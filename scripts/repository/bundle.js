import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** The command line and the threads and processes it starts, by their paths in dist/; each becomes a file of its base name. */
const PROGRAMS = [
  'cli/start.js',
  'dashboard/data/data-thread.js',
  'files/digest/follower-thread.js',
  'files/hash-worker.js',
  'files/storing/storing-thread.js',
  'files/warm-up-worker.js',
  'ledger/sqlite/thread/worker.js',
  'sources/processes/guardian-main.js',
];

/** Programs in other languages that one of those starts from beside itself. */
const BESIDE = ['sources/youtube/engine/worker.py'];

/** Packages that stay outside: compiled ones, optional ones, and those that look for files of their own. */
const OUTSIDE = [
  '@aws-sdk/client-s3',
  'better-sqlite3',
  'fs-native-extensions',
  'google-auth-library',
  'pg',
  'pg-boss',
  'pino',
  // Together: the second has to be loaded before the first, and what stays outside is loaded before what is put together.
  '@peculiar/x509',
  'reflect-metadata',
  'fastify',
  '@fastify/static',
];

/**
 * undici loads Node's HTTP/2 whether anybody speaks it or not (15 ms and some MB in every run), and does without where Node has none.
 * All of our requests say `allowH2: false`.
 */
const withoutHttp2 = {
  name: 'without-http2',
  /** @param {string} id */
  resolveId: (id) => (id === 'node:http2' ? '\0no-http2' : null),
  /** @param {string} id */
  load: (id) => (id === '\0no-http2' ? 'export const constants = {};' : null),
};

/** What the notices of a package are called. */
const NOTICE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'licence', 'LICENCE'];

/**
 * Puts the command line together in dist/program/ with the packages it uses: a thousand small files take longer to find and to
 * load than most commands take to run. The public API stays in single files, as the packages that it shares with its users.
 * @param {string} root folder of the repository, with dist/ compiled
 * @throws {Error} what cannot be found
 */
export async function bundle(root) {
  const compiled = join(root, 'dist');
  const target = join(compiled, 'program');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const work = await rolldown({
    input: Object.fromEntries(PROGRAMS.map((path) => [nameOf(path), join(compiled, path)])),
    platform: 'node',
    plugins: [withoutHttp2],
    external: (id) => OUTSIDE.some((name) => id === name || id.startsWith(`${name}/`)),
    onLog: (level, log) => {
      if (level === 'warn' && log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    },
  });
  // Threads and files are found from where a module stands: all of them stand beside each other, as deep as they did.
  const { output } = await work.write({
    dir: target,
    format: 'esm',
    chunkFileNames: 'part-[hash].js',
    comments: false,
  });
  await work.close();
  for (const { type, fileName } of output) if (type === 'chunk') narrow(join(target, fileName));
  for (const path of BESIDE) copyFileSync(join(compiled, path), join(target, path.split('/').at(-1) ?? ''));
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  writeFileSync(join(target, 'LICENSES.txt'), noticesOf(packagesOf(modules)));
}

/**
 * Writes all but ASCII as escapes. V8 keeps the text of all that it has loaded, with two bytes for each character where a single one needs
 * them, and Node reads a long text that is not plain ASCII so: one ellipsis in a message costs a megabyte in each process. They
 * stand in texts only.
 * @param {string} file
 */
function narrow(file) {
  const wide = /[\u0080-\uffff]/g;
  const text = readFileSync(file, 'utf8');
  const narrowed = text.replace(wide, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (narrowed !== text) writeFileSync(file, narrowed);
}

/** @param {string} path */
function nameOf(path) {
  return path.replace(/^.*\//, '').replace(/\.js$/, '');
}

/**
 * The folders of the packages that modules belong to.
 * @param {readonly string[]} modules absolute paths
 */
function packagesOf(modules) {
  const inPackage = /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/;
  return [...new Set(modules.flatMap((module) => inPackage.exec(module)?.[1] ?? []))].toSorted();
}

/**
 * What the licenses of packages ask to be kept with them.
 * @param {readonly string[]} folders
 */
export function noticesOf(folders) {
  const texts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const notices = NOTICE_FILES.flatMap((file) => textOf(join(folder, file)) ?? []);
    return `${name} ${version} (${license})\n\n${notices[0] ?? ''}`.trim();
  });
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
