import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles } from '../../src/files/index.ts';
import { findFile, getDownloadStatusSummary, verifyDownloads } from '../../src/index.ts';
import { type AttemptRecord, type DownloadState, openSqliteLedger } from '../../src/ledger/index.ts';
import { lendTracker, recordedFields } from '../../src/tracker/index.ts';
import { observe } from '../support/event-loop.ts';
import { contentOf } from './bench-custody.ts';

/** One measurement in a process of its own: prints one line of JSON, milliseconds by name. */
const [what = '', folder = '', ...args] = process.argv.slice(2);
const start = performance.now();
const done = (name: string) =>
  process.stdout.write(`${JSON.stringify({ [name]: [performance.now() - start] })}\n`);

if (what === 'find') {
  const [copy = '', name = ''] = args;
  const { rows } = await findFile(copy, { cwd: folder });
  if (rows.length !== 1) throw new Error(`${rows.length} rows were found`);
  done(name);
} else if (what === 'hash') {
  const [place = '', name = ''] = args;
  const files = readdirSync(place).map((file) => ({
    path: join(place, file),
    size: statSync(join(place, file)).size,
  }));
  for await (const { hashed } of hashFiles(files)) if (!('sha256' in hashed)) throw new Error(hashed.failure);
  done(name);
} else if (what === 'verify') {
  const [name = ''] = args;
  const observed = await observe(() =>
    verifyDownloads(join(folder, 'people.csv'), {
      youtubeDir: join(folder, 'youtube_downloads'),
      driveDir: join(folder, 'drive_downloads'),
    }),
  );
  const { findings, files } = observed.result;
  if (findings.length > 0) throw new Error(`${findings.length} findings among ${files} files`);
  const measured = {
    [name]: [observed.milliseconds],
    [`${name}, longest block`]: [observed.blockMilliseconds],
    [`${name}, memory in MiB`]: [process.resourceUsage().maxRSS / 1024],
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
} else if (what === 'rebuild') {
  const [name = ''] = args;
  const csv = join(folder, 'people.csv');
  for (const end of ['', '-wal', '-shm'])
    rmSync(join(folder, '.rowtrail', 'people.csv', `ledger.db${end}`), { force: true });
  await using lent = await lendTracker(csv);
  const folders = { youtube: join(folder, 'youtube_downloads'), drive: join(folder, 'drive_downloads') };
  const observed = await observe(() => lent.tracker.rebuild(folders));
  if (observed.result === 0) throw new Error('nothing was made anew');
  const measured = {
    [name]: [observed.milliseconds],
    [`${name}, longest block`]: [observed.blockMilliseconds],
    [`${name}, memory in MiB`]: [process.resourceUsage().maxRSS / 1024],
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
} else if (what === 'show') {
  await getDownloadStatusSummary(join(folder, 'people.csv'));
  done('bringing the CSV in step');
} else if (what === 'fill') {
  const header = 'row_id,name,email,type,youtube_playlist,google_drive\n';
  const rows = Array.from({ length: Number(args[0]) }, (_, n) => {
    const id = `media${String(n).padStart(6, '0')}`;
    return `${n},Person ${n},p${n}@example.org,T,https://youtu.be/${id},\n`;
  });
  writeFileSync(join(folder, 'people.csv'), header + rows.join(''));
  const ledger = await openSqliteLedger(join(folder, '.rowtrail', 'people.csv', 'ledger.db'));
  const at = '2026-11-01T10:00:00.000Z';
  const lines: string[] = [];
  const lineOf = (attempt: AttemptRecord, state: DownloadState) =>
    `${JSON.stringify({ level: 30, time: at, ...recordedFields(attempt, state), msg: 'recorded' })}\n`;
  for (let from = 0; from < Number(args[0]); from += 1000)
    await Promise.all(
      Array.from({ length: 1000 }, (_, offset) => {
        const n = from + offset;
        const id = `media${String(n).padStart(6, '0')}`;
        const content = contentOf(n);
        const sha256 = createHash('sha256').update(content).digest('hex');
        const attempt: AttemptRecord = {
          row: { rowId: String(n), type: 'T', name: `Person ${n}`, email: `p${n}@example.org` },
          downloadType: 'youtube',
          link: `https://youtu.be/${id}`,
          generation: null,
          lease: null,
          startedAt: at,
          endedAt: at,
          items: [
            {
              kind: 'video',
              mediaId: id,
              position: 0,
              title: null,
              sourceUrl: '',
              files: [{ path: `${id}_row${n}_T.mp4`, size: Buffer.byteLength(content), sha256 }],
              metadataFile: `${id}_row${n}_T_metadata.json`,
              failure: null,
            },
          ],
          outcome: {
            status: 'completed',
            cause: null,
            category: null,
            message: null,
            permanent: false,
            notBefore: null,
            scope: 'full',
          },
          folder: join(folder, 'youtube_downloads'),
          runId: null,
        };
        return ledger.record(attempt).then((state) => lines.push(lineOf(attempt, state)));
      }),
    );
  await ledger.close();
  mkdirSync(join(folder, '.rowtrail', 'people.csv', 'runs'));
  writeFileSync(
    join(folder, '.rowtrail', 'people.csv', 'runs', '2026-11-01T10-00-00-aaaa.log'),
    lines.join(''),
  );
  done('filling the ledger');
} else throw new Error(`there is no measurement ${what}`);
