import { spawnSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildForBench } from '../support/build.ts';
import { currentLoad, describeMachine } from '../support/machine.ts';
import { probeCommand } from '../support/probe-command.ts';
import { runChild } from '../support/run-child.ts';
import { spreadOf } from '../support/statistics.ts';

/** Files of the folder that is searched, and of those whose bytes are all read. */
const FIND_FILES = 100_000;
const LARGE = { files: 600, bytes: 2 << 20 };
const SMALL = { files: 20_000, bytes: 16 << 10 };
const ROUNDS = 3;

/** `find` by hash in a large folder and `verify --hash` beside sha256sum, into `results/custody.json`. */
export async function benchCustody(root: string, { quick = false } = {}): Promise<void> {
  const build = buildForBench(root);
  const folder = mkdtempSync(join(tmpdir(), 'rowtrail-bench-'));
  const probe = join(build, 'bench', 'custody', 'probe-main.js');
  const samples: Record<string, number[]> = {};
  const add = (name: string, value: number) => (samples[name] ??= []).push(value);
  const load = [currentLoad()];
  const share = quick ? 20 : 1;
  try {
    const downloads = join(folder, 'youtube_downloads');
    makeFolder(downloads, FIND_FILES / share);
    const copy = join(folder, 'renamed.mp4');
    writeFileSync(copy, contentOf(Math.floor(FIND_FILES / share / 2)));
    const call = async (what: string, ...args: string[]) => {
      const found = await runChild(probeCommand(probe, [what, folder, ...args]));
      for (const [name, values] of Object.entries(found)) for (const value of values) add(name, value);
    };
    const isCold = dropCaches();
    for (let round = 0; round < ROUNDS; round++) {
      dropCaches();
      await call('find', copy, 'find by hash, sidecars alone');
    }
    await call('fill', String(FIND_FILES / share));
    for (let round = 0; round < ROUNDS; round++) await call('find', copy, 'find by hash, with a ledger');
    for (const [name, { files, bytes }] of Object.entries({ large: LARGE, small: SMALL })) {
      const place = join(folder, name);
      makeFiles(place, Math.ceil(files / share), bytes);
      for (let round = 0; round < ROUNDS; round++) {
        add(`sha256sum, ${name} files`, sha256sum(place));
        await call('hash', place, `our hashing, ${name} files`);
      }
    }
    load.push(currentLoad());
    const results = Object.fromEntries(
      Object.entries(samples).map(([name, values]) => [name, spreadOf(values)]),
    );
    const report = {
      machine: describeMachine(new Date()),
      load,
      unit: 'ms',
      cold_page_cache: isCold,
      files: { find: FIND_FILES / share, large: LARGE, small: SMALL },
      results,
    };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    if (!quick)
      writeFileSync(join(root, 'bench', 'results', 'custody.json'), `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `verify` of so many rows with a file each, and their ledger made anew: time, longest block of the event loop, memory. Printed, not kept with the others. */
export async function benchVerify(root: string, rows: number): Promise<void> {
  const probe = join(buildForBench(root), 'bench', 'custody', 'probe-main.js');
  const folder = mkdtempSync(join(tmpdir(), 'rowtrail-bench-'));
  const samples: Record<string, number[]> = {};
  const load = [currentLoad()];
  try {
    makeFolder(join(folder, 'youtube_downloads'), rows);
    const call = (what: string, ...args: string[]) => runChild(probeCommand(probe, [what, folder, ...args]));
    await call('fill', String(rows));
    await call('show');
    for (const [what, name] of [
      ['verify', 'verify'],
      ['rebuild', 'a lost ledger made anew'],
    ] as const)
      for (let round = 0; round < ROUNDS; round++)
        for (const [said, values] of Object.entries(await call(what, name)))
          (samples[said] ??= []).push(...values);
    load.push(currentLoad());
    const results = Object.fromEntries(
      Object.entries(samples).map(([name, values]) => [name, spreadOf(values)]),
    );
    const report = { machine: describeMachine(new Date()), load, unit: 'ms', rows, results };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function contentOf(n: number): string {
  return `content of file ${n}\n`.repeat(20 + (n % 50));
}

/** Files with sidecars, as runs leave them. */
function makeFolder(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < count; n++) {
    const content = contentOf(n);
    const stem = `media${String(n).padStart(6, '0')}_row${n}_T`;
    writeFileSync(join(folder, `${stem}.mp4`), content);
    const sidecar = {
      format_version: 1,
      source_csv_row_id: String(n),
      source_csv_index: n,
      personality_type: 'T',
      person_name: `Person ${n}`,
      person_email: `p${n}@example.org`,
      download_timestamp: '2026-11-01T10:00:00.000Z',
      tracking_version: '1.0',
      download_type: 'youtube',
      kind: 'video',
      media_id: `media${String(n).padStart(6, '0')}`,
      position: 0,
      source_url: `https://www.youtube.com/watch?v=media${String(n).padStart(6, '0')}`,
      title: `Title ${n}`,
      channel: 'Channel',
      media_types: ['video/mp4'],
      generation: 1,
      attempt: 1,
      tools: { 'yt-dlp': '2026.08.01', ffmpeg: '7.1' },
      files: [
        {
          name: `${stem}.mp4`,
          size: Buffer.byteLength(content),
          sha256: createHash('sha256').update(content).digest('hex'),
        },
      ],
    };
    writeFileSync(join(folder, `${stem}_metadata.json`), `${JSON.stringify(sidecar, null, 2)}\n`);
  }
}

function makeFiles(folder: string, count: number, bytes: number): void {
  mkdirSync(folder, { recursive: true });
  const content = Buffer.alloc(bytes);
  for (let n = 0; n < count; n++) {
    randomFillSync(content, 0, Math.min(bytes, 4096));
    writeFileSync(join(folder, `${n}.bin`), content);
  }
}

/** Milliseconds that sha256sum takes, one process a core. */
function sha256sum(folder: string): number {
  const start = performance.now();
  const { status } = spawnSync('sh', [
    '-c',
    'find "$1" -type f -print0 | xargs -0 -n 64 -P "$(nproc)" sha256sum > /dev/null',
    'sh',
    folder,
  ]);
  if (status !== 0) throw new Error('sha256sum failed');
  return performance.now() - start;
}

/** Whether the system let its page cache be emptied. */
function dropCaches(): boolean {
  return spawnSync('sh', ['-c', 'sync; echo 3 > /proc/sys/vm/drop_caches'], { stdio: 'ignore' }).status === 0;
}
