import { describe, expect, it } from 'vitest';
import { newOwnerMark, ownerOf } from '../../../src/sources/processes/owner-mark.ts';
import { listProcesses, parsePs, type ProcessEntry } from '../../../src/sources/processes/process-table.ts';
import { orphanGroups } from '../../../src/sources/processes/reap-orphans.ts';

const FOLDER = '/out/.rowtrail-staging/';
const where = { folder: FOLDER, uid: 1000 };

function entry(fields: Partial<ProcessEntry>): ProcessEntry {
  return { pid: 50, parent: 1, group: 50, uid: 1000, commandLine: '', ...fields };
}

const ytDlp = (owner: number) =>
  `python3 yt-dlp --output ${FOLDER}a/media --print ${newOwnerMark(owner)}info`;

describe('a process that works in a staging folder', () => {
  it('is left over when the process that started it is gone', () => {
    expect(orphanGroups([entry({ commandLine: ytDlp(40), parent: 1 })], where)).toEqual([50]);
  });

  it('is nobody’s business while its starter lives', () => {
    expect(orphanGroups([entry({ commandLine: ytDlp(40), parent: 40 })], where)).toEqual([]);
  });

  it('counts with its helpers as one group', () => {
    const helper = entry({
      pid: 51,
      parent: 50,
      commandLine: `/usr/bin/ffmpeg -i file:${FOLDER}a/media.mp4`,
    });
    expect(orphanGroups([entry({ commandLine: ytDlp(40) }), helper], where)).toEqual([50]);
    expect(orphanGroups([entry({ commandLine: ytDlp(40), parent: 40 }), helper], where)).toEqual([]);
    expect(orphanGroups([helper], where)).toEqual([50]);
  });

  it('is let live when it is no child of ours, another user’s, or in another folder', () => {
    const others = [
      entry({ commandLine: `less ${FOLDER}a/log` }),
      entry({ pid: 60, group: 60, commandLine: ytDlp(40), uid: 1001 }),
      entry({ pid: 70, group: 70, commandLine: ytDlp(40).replace(FOLDER, '/other/.rowtrail-staging/') }),
    ];
    expect(orphanGroups(others, where)).toEqual([]);
  });
});

describe('the mark of an owner', () => {
  it('names the process and differs each time', () => {
    expect(ownerOf(`x --print ${newOwnerMark(123)}info`)).toBe(123);
    expect(newOwnerMark(1)).not.toBe(newOwnerMark(1));
    expect(ownerOf('rowtrail-12-short:')).toBeNull();
  });
});

describe('the list of processes', () => {
  it('holds this one', async () => {
    const own = (await listProcesses()).find(({ pid }) => pid === process.pid);
    expect(own).toMatchObject({ parent: process.ppid, uid: process.getuid?.() });
    expect(own?.commandLine).toContain('node');
  });

  it('is read from ps where there is no /proc', () => {
    const text =
      '    1     0     1    0 /sbin/launchd\n  612     1   612  501 python3 yt-dlp -- x y\nnonsense\n';
    expect(parsePs(text)).toEqual([
      { pid: 1, parent: 0, group: 1, uid: 0, commandLine: '/sbin/launchd' },
      { pid: 612, parent: 1, group: 612, uid: 501, commandLine: 'python3 yt-dlp -- x y' },
    ]);
  });
});
