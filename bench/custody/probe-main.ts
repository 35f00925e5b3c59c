import { createHash } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles } from '../../src/files/index.ts';
import { findFile } from '../../src/index.ts';
import { openSqliteLedger } from '../../src/ledger/index.ts';
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
} else if (what === 'fill') {
  writeFileSync(join(folder, 'people.csv'), 'row_id,name,email,type,youtube_playlist,google_drive\n');
  const ledger = await openSqliteLedger(join(folder, '.rowtrail', 'people.csv', 'ledger.db'));
  const at = '2026-11-01T10:00:00.000Z';
  for (let from = 0; from < Number(args[0]); from += 1000)
    await Promise.all(
      Array.from({ length: 1000 }, (_, offset) => {
        const n = from + offset;
        const id = `media${String(n).padStart(6, '0')}`;
        const content = contentOf(n);
        const sha256 = createHash('sha256').update(content).digest('hex');
        return ledger.record({
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
        });
      }),
    );
  await ledger.close();
  done('filling the ledger');
} else throw new Error(`there is no measurement ${what}`);
