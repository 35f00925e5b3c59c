import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interpreterOf, pythonIn } from '../../../../src/sources/youtube/engine/interpreter.ts';
import { locateYtDlp } from '../../../../src/sources/youtube/index.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

describe('the first lines of yt-dlp', () => {
  it.each([
    ['#!/usr/bin/python3\nimport re', '/usr/bin/python3'],
    ['#!/home/ada/.local/pipx/venvs/yt-dlp/bin/python\n', '/home/ada/.local/pipx/venvs/yt-dlp/bin/python'],
    ['#!/usr/bin/env python3\nPK\u0003\u0004', 'python3'],
    ['#!/usr/bin/env -S python3.11 -sE\n', 'python3.11'],
    [`#!/bin/sh\n'''exec' "/a b/bin/python3" "$0" "$@"\n' '''\nimport re`, '/a b/bin/python3'],
    [`#!/bin/sh\n'''exec' /long/bin/python3 "$0" "$@"\n' '''`, '/long/bin/python3'],
    ['#!/bin/sh\nexec yt-dlp "$@"', null],
    ['#!/usr/bin/env node\n', null],
    ['\u007fELF\u0002\u0001', null],
    ['', null],
  ])('%j name the Python %j', (head, python) => {
    expect(pythonIn(head)).toBe(python);
  });
});

describe('the Python of yt-dlp', () => {
  it('is found for the one on this machine', async () => {
    const { path } = await locateYtDlp();
    expect(await interpreterOf(path, process.env)).toMatchObject({
      python: expect.stringMatching(/python/),
      zipapp: null,
    });
  });

  it('is looked for on PATH where the script leaves that to env, and imports from a zip application', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'yt-dlp');
    await writeFile(path, '#!/usr/bin/env python3\nPK\u0003\u0004...');
    expect(await interpreterOf(path, { PATH: folder })).toBeNull();
    await symlink('/bin/true', join(folder, 'python3'));
    expect(await interpreterOf(path, { PATH: `/none:${folder}` })).toEqual({
      python: join(folder, 'python3'),
      zipapp: path,
    });
  });
});
