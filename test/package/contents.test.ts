import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { newFolder } from '../setup/folder.ts';
import { run } from '../setup/programs.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const git = async (...args: string[]) =>
  (await run(['git', ...args], { cwd: repository })).stdout.trim().split('\n');

describe('the package', () => {
  test('holds what it needs to run, and nothing of the workshop', async () => {
    const { stdout } = await run(['npm', 'pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: repository,
    });
    const [{ files } = { files: [] }] = JSON.parse(stdout) as { files: { path: string }[] }[];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'SECURITY.md',
        'bin/rowtrail.js',
        'bin/hand-over.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/program/start.js',
        'examples/people.csv',
        'scripts/setup/index.js',
        'scripts/setup/index.d.ts',
      ]),
    );
    const foreign = paths.filter((path) =>
      /^(src|test|bench|build|\.ci|scripts\/(?!setup\/)|dist\/program\/compiled)/.test(path),
    );
    expect(foreign).toEqual([]);
  });

  test('can be imported by its name, with the functions of its reference', async () => {
    const code = 'console.log(JSON.stringify(Object.keys(await import("rowtrail"))))';
    const { stdout, stderr } = await run([process.execPath, '--input-type=module', '-e', code], {
      cwd: repository,
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        'RowContext',
        'DownloadResult',
        'ensureTrackingColumns',
        'updateCsvDownloadStatus',
      ]),
    );
  });

  test('leaves nothing open that would keep a program alive that only imports it', async () => {
    const code = 'await import("rowtrail"); console.log(Date.now())';
    const ended = await run([process.execPath, '--input-type=module', '-e', code], { cwd: repository });
    expect(ended).toMatchObject({ code: 0 });
    expect(Date.now() - Number(ended.stdout)).toBeLessThan(10_000);
  });
});

describe('the documentation', () => {
  test('every link inside it leads to a file', async () => {
    const pages = (await git('ls-files', '--cached', '--others', '--exclude-standard', '*.md')).filter(
      Boolean,
    );
    expect(pages).toContain('SECURITY.md');
    const broken = pages.flatMap((page) => {
      const links = readFileSync(join(repository, page), 'utf8').matchAll(
        /\]\((?!https?:|mailto:|#)([^)\s#]+)/g,
      );
      return [...links]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(repository, dirname(page), target)))
        .map((target) => `${page}: ${target}`);
    });
    expect(broken).toEqual([]);
  });
});

describe('the set-up tools inside the package', () => {
  test('find what is on this machine without anything else of the repository', async () => {
    const setUp = new URL('../../scripts/setup/index.js', import.meta.url).href;
    const code = `import { missingTools, setUpTools } from ${JSON.stringify(setUp)};
      console.log(JSON.stringify([missingTools(process.env), await setUpTools()]));`;
    const { stdout } = await run([process.execPath, '--input-type=module', '-e', code], { cwd: newFolder() });
    expect(JSON.parse(stdout)).toEqual([[], { ok: true, advice: null }]);
  });
});
