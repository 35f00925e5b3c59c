import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ErrorCategory, ErrorSeverity, validateDownloadEnvironment } from '../../src/index.ts';
import { checkDisk } from '../../src/workflow/environment/folders.ts';
import { checkNode } from '../../src/workflow/environment/programs.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** An environment that knows the programs of this machine and no network settings. */
const { PATH, HOME, XDG_DATA_HOME } = process.env;
const bare = { PATH, HOME, XDG_DATA_HOME };
/** Debian's yt-dlp is years old: looked at on the day after it came out, nothing is wrong with it. */
const clock = () => new Date('2023-03-05T00:00:00Z');

const validate = async (
  env: NodeJS.ProcessEnv = bare,
  options: Parameters<typeof validateDownloadEnvironment>[0] = {},
) => {
  const folder = await tempFolder();
  const dirs = { youtubeDir: join(folder, 'y'), driveDir: join(folder, 'd') };
  return validateDownloadEnvironment({ ...dirs, env, clock, ...options });
};

async function program(name: string, script: string): Promise<string> {
  const path = join(await tempFolder(), name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

it('finds nothing where nothing is wrong', async () => {
  expect(await validate()).toEqual([]);
});

describe('yt-dlp and ffmpeg', () => {
  it.for([
    ['ROWTRAIL_YT_DLP', 'ytdlp_missing', 'yt-dlp'],
    ['ROWTRAIL_FFMPEG', 'ffmpeg_missing', 'ffmpeg'],
  ] as const)(
    '%s that leads nowhere is critical, with the line that installs it',
    async ([name, cause, tool]) => {
      const [found, ...others] = await validate({ ...bare, [name]: '/nowhere/at/all' });
      expect(others).toEqual([]);
      expect(found).toMatchObject({
        cause,
        severity: ErrorSeverity.CRITICAL,
        category: ErrorCategory.SYSTEM,
        stackTrace: null,
        timestamp: '2023-03-05T00:00:00.000Z',
      });
      expect(found?.message).toBe(`${tool}: There is no program at /nowhere/at/all.`);
      expect(found?.nextStep).toContain(tool);
    },
  );

  it('one that does not run, or is something else, is not taken for yt-dlp', async () => {
    const broken = await program('yt-dlp', 'exit 3');
    expect(await validate({ ...bare, ROWTRAIL_YT_DLP: broken })).toMatchObject([
      { cause: 'ytdlp_missing', message: `yt-dlp: ${broken} does not run.` },
    ]);
    const other = await program('yt-dlp', 'echo 1.2.3');
    expect(await validate({ ...bare, ROWTRAIL_YT_DLP: other })).toMatchObject([{ cause: 'ytdlp_missing' }]);
  });

  it('an old yt-dlp is a warning with its age', async () => {
    const old = await program('yt-dlp', 'echo 2022.12.05');
    expect(await validate({ ...bare, ROWTRAIL_YT_DLP: old })).toEqual([]);
    expect(
      await validate({ ...bare, ROWTRAIL_YT_DLP: old }, { clock: () => new Date('2023-03-06T00:00:00Z') }),
    ).toMatchObject([
      {
        severity: ErrorSeverity.WARNING,
        message: `yt-dlp: 2022.12.05 at ${old}, 91 days old`,
        nextStep: expect.stringContaining('newest release'),
      },
    ]);
  });
});

describe('the download folders', () => {
  it('a file in their place, or above it, is found', async () => {
    const folder = await tempFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    const found = await validate(bare, { youtubeDir: file, driveDir: join(file, 'below') });
    expect(found).toMatchObject([
      { cause: 'access_denied', message: `folder ${file}: ${file} is not a folder` },
      { cause: 'access_denied', message: `folder ${join(file, 'below')}: ${file} is not a folder` },
    ]);
    expect(found[0]?.nextStep).toContain(`Make ${file} writable`);
  });

  it('are not made by looking', async () => {
    const youtubeDir = join(await tempFolder(), 'a', 'b');
    expect(await validate(bare, { youtubeDir })).toEqual([]);
    await expect(readFile(youtubeDir)).rejects.toThrow('ENOENT');
  });

  it('on a disk with too little room are a problem', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'there'));
    const folders = [join(folder, 'there'), join(folder, 'not', 'yet')];
    expect((await checkDisk(folders)).status).toBe('ok');
    expect(await checkDisk(folders, 1e18)).toMatchObject({
      status: 'problem',
      cause: 'disk_full',
      found: expect.stringMatching(/^[\d.]+ GB free$/),
    });
  });
});

describe('Node', () => {
  it('is old when it is older than the package says', async () => {
    const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
    const least = engines.node.replace('>=', '');
    expect(await checkNode(`v${least}`, process.execPath)).toMatchObject({ status: 'ok' });
    expect(await checkNode('v22.18.0', process.execPath)).toMatchObject({ status: 'problem' });
    expect(await checkNode('v20.19.0', process.execPath)).toMatchObject({ status: 'problem' });
    expect(await checkNode('v24.0.0', process.execPath)).toMatchObject({ status: 'ok' });
  });

  it('that was removed since this process began is a problem: yt-dlp starts it', async () => {
    expect(await checkNode(process.version, '/nowhere/node')).toMatchObject({
      status: 'problem',
      found: expect.stringContaining('/nowhere/node'),
    });
  });
});

describe('the proxy', () => {
  it('is fine when it takes connections', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await validate({ ...bare, HTTPS_PROXY: `http://me:secret@127.0.0.1:${port}` })).toEqual([]);
    await new Promise((closed) => server.close(closed));
    const [found] = await validate({ ...bare, HTTPS_PROXY: `http://me:secret@localhost:${port}` });
    expect(found).toMatchObject({
      cause: 'connection_failed',
      category: ErrorCategory.NETWORK,
      message: `proxy: http://[hidden]@localhost:${port}/ cannot be reached (ECONNREFUSED)`,
    });
    expect(found?.nextStep).toContain('HTTPS_PROXY');
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it.for(['proxy:3128', 'http://', 'ftp://proxy', 'me:secret@proxy:1'])(
    'set as %s is no address, and is not repeated',
    async (proxy) => {
      const found = await validate(bare, { proxy });
      expect(found).toMatchObject([
        { cause: 'usage', nextStep: expect.stringContaining('http://HOST:PORT') },
      ]);
      expect(JSON.stringify(found)).not.toContain('secret');
    },
  );
});

describe('the extra certificates', () => {
  it.for([
    ['file_missing', null],
    ['tls_failed', 'no certificate'],
    ['tls_failed', '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n'],
  ] as const)('%s: named with the way to give others', async ([cause, content]) => {
    const file = join(await tempFolder(), 'ca.pem');
    if (content !== null) await writeFile(file, content);
    const found = await validate({ ...bare, SSL_CERT_FILE: file });
    expect(found).toMatchObject([{ cause, nextStep: expect.stringContaining('--ca-cert') }]);
    await rm(file, { force: true });
  });
});
