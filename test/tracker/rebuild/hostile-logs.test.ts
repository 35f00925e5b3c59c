import { appendFile, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatSidecar } from '../../../src/files/index.ts';
import { RowContext, whyRow } from '../../../src/index.ts';
import { openSqliteLedger, rebuildSqliteLedger } from '../../../src/ledger/index.ts';
import { lendTracker } from '../../../src/tracker/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { csvFile } from '../fixtures.ts';
import {
  attempt,
  beside,
  editLog,
  FAILED,
  foldersOf,
  HEADER,
  itemOf,
  known,
  lineOf,
  logOf,
  loseLedger,
  rebuilt,
  timeOf,
} from './fixtures.ts';

let csv: string;
let before: readonly unknown[];
beforeEach(async () => {
  csv = await csvFile([HEADER, lineOf('1'), lineOf('2')]);
  await attempt(csv, { rowId: '1', at: 10, outcome: FAILED });
  await attempt(csv, { rowId: '1', at: 20, items: [itemOf(1), itemOf(2)] });
  await attempt(csv, { rowId: '2', at: 30, outcome: FAILED });
  before = await known(csv, ['1', '2']);
});

/** A line of the log, changed. */
const changed = (change: (line: Record<string, unknown>) => void) => (text: string) =>
  text
    .split('\n')
    .map((line) => {
      if (line === '') return line;
      const fields = JSON.parse(line) as Record<string, unknown>;
      change(fields);
      return JSON.stringify(fields);
    })
    .join('\n');

describe('logs are hostile input', () => {
  it('what is torn, broken, huge or none of ours is passed over, and all the rest counts', async () => {
    const good = (await readFile(logOf(csv), 'utf8')).split('\n')[0] ?? '';
    const of = (change: object) => JSON.stringify({ ...(JSON.parse(good) as object), ...change });
    const bad: readonly (string | Buffer)[] = [
      '{"row_id":"1","msg":"recorded"',
      of({ format: 2, status: 'completed' }),
      of({ generation: 0 }),
      of({ generation: 1e300 }),
      of({ ended_at: 'yesterday' }),
      of({ status: 'downloading' }),
      of({ row_id: '' }),
      of({ row_id: ['1'] }),
      of({ cause: '<script>' }),
      of({ message: 'M'.repeat(1 << 20) }),
      of({ items: [{ ...itemOf(1), files: [{ path: '../outside', size: 1, sha256: '' }] }] }),
      of({ row_id: 'M'.repeat(17 << 20) }),
      'null',
      '[]',
      '"recorded"',
      Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x7b]),
      '{'.repeat(100_000),
    ];
    for (const line of bad)
      await appendFile(logOf(csv), Buffer.concat([Buffer.from('\n'), Buffer.from(line)]));
    await appendFile(logOf(csv), `\n${good.slice(0, good.length / 2)}`);
    await writeFile(join(beside(csv), 'runs', 'zeros.log'), Buffer.alloc(1 << 20));
    await mkdir(join(beside(csv), 'runs', 'folder.log'));
    await rebuilt(csv);
    expect(await known(csv, ['1', '2'])).toEqual(before);
  });

  it('a line that names a row that nobody has changes no other', async () => {
    await editLog(csv, (text) => text + text.replaceAll('"row_id":"1"', '"row_id":"nobody"'));
    await rebuilt(csv);
    expect((await known(csv, ['1', '2'])).slice(0, 4)).toEqual(before.slice(0, 4));
  });

  it('an attempt that the cells do not show is history at most: what they show counts', async () => {
    await editLog(
      csv,
      changed((line) => {
        if (line['row_id'] === '2') Object.assign(line, { status: 'completed', items: [], message: null });
        if (line['row_id'] === '1') Object.assign(line, { permanent: true, status: 'failed', attempts: 7 });
      }),
    );
    const cells = await readFile(csv, 'utf8');
    await rebuilt(csv);
    const [one, , two] = await known(csv, ['1', '2']);
    expect(one).toMatchObject({
      downloads: [{ status: 'completed', files: ['media000001.mp4', 'media000002.mp4'] }],
    });
    expect(two).toMatchObject({ downloads: [{ status: 'failed', attempts: 1, permanent: false }] });
    expect(await readFile(csv, 'utf8')).toBe(cells);
  });

  it('the last line of a killed run may be missing: the row tells of its attempt, and why says what is not known', async () => {
    await editLog(csv, (text) => text.split('\n').slice(0, 1).join('\n'));
    await rebuilt(csv);
    const story = await whyRow('1', { csvPath: csv });
    expect(story?.downloads[0]).toMatchObject({
      status: 'completed',
      timeline: [{ status: 'failed', cause: 'timeout' }],
    });
    expect(story?.notes.join()).toMatch(/how the YouTube download was completed is not known/);
    const other = await whyRow('2', { csvPath: csv });
    expect(other?.downloads[0]).toMatchObject({
      status: 'failed',
      cause: 'unknown',
      category: 'network',
      timeline: [],
    });
    expect(other?.notes.join()).toMatch(/one failed attempt/);
  });

  it('a sidecar that says otherwise of a file counts more', async () => {
    const folder = foldersOf(csv).youtube;
    await mkdir(folder, { recursive: true });
    const { kind, mediaId, position, sourceUrl, title } = itemOf(1);
    const said = { name: 'media000001.mp4', size: 4711, sha256: 'f'.repeat(64) };
    const row = new RowContext({
      rowId: '1',
      rowIndex: 0,
      type: 'T1',
      name: 'Person 1',
      email: 'p1@example.org',
    });
    const item = { kind, mediaId: mediaId ?? '', position, sourceUrl, title, tools: {}, generation: 1 };
    await writeFile(
      join(folder, 'media000001_metadata.json'),
      formatSidecar({ row, item, files: [said], now: new Date(timeOf(0)) }),
    );
    await rebuilt(csv);
    const story = await whyRow('1', { csvPath: csv });
    const files = story?.downloads[0]?.items.flatMap((each) => each.files) ?? [];
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ['media000001.mp4', 4711],
      ['media000002.mp4', 12],
    ]);
    expect(story?.downloads[0]?.timeline).toHaveLength(2);
  });

  it('a folder that a log invents is none of ours', async () => {
    const outside = await tempFolder();
    await editLog(
      csv,
      changed((line) => Object.assign(line, { folder: outside })),
    );
    await rebuilt(csv);
    const story = await whyRow('1', { csvPath: csv });
    const folders = new Set(
      story?.downloads[0]?.items.flatMap((each) => each.files.map(({ folder }) => folder)),
    );
    expect([...folders]).toEqual([foldersOf(csv).youtube]);
  });
});

describe('without logs', () => {
  it('cells and sidecars tell, as far as they do', async () => {
    await rm(join(beside(csv), 'runs'), { recursive: true });
    const cells = await readFile(csv, 'utf8');
    expect(await rebuilt(csv)).toBe(2);
    const [one, past, two] = await known(csv, ['1', '2']);
    expect(one).toMatchObject({
      downloads: [{ status: 'completed', files: ['media000001.mp4', 'media000002.mp4'] }],
    });
    expect(past).toMatchObject([{ attempts: [] }]);
    expect(two).toMatchObject({ downloads: [{ status: 'failed', attempts: 1 }] });
    expect(await readFile(csv, 'utf8')).toBe(cells);
  });

  it('logs of earlier versions tell of attempts, their times and causes, but not of generations', async () => {
    const line = (msg: string, at: number, more: object) =>
      JSON.stringify({ level: 30, time: timeOf(at), run_id: 'old', ...more, msg });
    const first = { row_id: '1', download_type: 'youtube' };
    const failed = { ...FAILED, not_before: null };
    const files = ['media000001.mp4', 'media000002.mp4'];
    await writeFile(
      logOf(csv),
      [
        line('planned', 1, { plan: {} }),
        line('started', 10, first),
        line('retrying', 11, { ...first, ...failed, attempts: 1, retry_in_seconds: 5 }),
        line('started', 20, first),
        line('completed', 21, { ...first, files }),
        line('started', 30, { ...first, row_id: '2' }),
        line('failed', 31, { ...first, row_id: '2', ...failed }),
        // The same said once more at the end of the run: no further attempt.
        line('failed', 32, { ...first, row_id: '2', ...failed }),
      ].join('\n'),
    );
    await rebuilt(csv);
    const one = await whyRow('1', { csvPath: csv });
    expect(one?.notes).toEqual([]);
    expect(one?.downloads[0]).toMatchObject({
      status: 'completed',
      timeline: [
        { status: 'failed', cause: 'timeout', startedAt: timeOf(10), endedAt: timeOf(11), runId: 'old' },
        { status: 'completed', files: 2, startedAt: timeOf(20) },
      ],
    });
    const two = await whyRow('2', { csvPath: csv });
    expect(two?.downloads[0]).toMatchObject({ verdict: 'again', cause: 'timeout', message: FAILED.message });
    expect(two?.downloads[0]?.timeline).toHaveLength(1);
  });
});

describe('made anew', () => {
  it('in one step: what a kill left half made is thrown away', async () => {
    await loseLedger(csv);
    await copyFile(logOf(csv), join(beside(csv), 'ledger.db.anew'));
    await writeFile(join(beside(csv), 'ledger.db.anew-wal'), 'half');
    await rebuilt(csv);
    expect(await known(csv, ['1', '2'])).toEqual(before);
    const path = join(await tempFolder(), 'ledger.db');
    const ledger = await openSqliteLedger(path);
    const filled = rebuildSqliteLedger(path, async (fresh) => {
      await fresh.reset({ rowId: '1', type: 'T', name: '', email: '' }, 'youtube', 'x');
      throw new Error('killed');
    });
    await expect(filled).rejects.toThrow('killed');
    expect(await ledger.rowsAfter(null, 10)).toEqual([]);
    await ledger.close();
  });

  it('once, when two want it at the same time', async () => {
    await loseLedger(csv);
    await using one = await lendTracker(csv);
    await using two = await lendTracker(csv, { columns: {} });
    const counts = await Promise.all([one, two].map(({ tracker }) => tracker.rebuild(foldersOf(csv))));
    expect(counts.toSorted()).toEqual([0, 2]);
    expect(await known(csv, ['1', '2'])).toEqual(before);
  });
});
