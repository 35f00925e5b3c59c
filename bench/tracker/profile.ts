import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildForBench } from '../support/build.ts';
import type { ProfileOptions } from './options.ts';
import { Workbench } from './workbench.ts';

const SHOWN = 25;
const CONCURRENCY = 32;

/** A CPU profile as V8 writes it, as far as it is used. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

/**
 * Runs one probe under V8's profiler and sums up where its time goes: by function, with the line in the TypeScript source,
 * the main thread and the ledger's thread apart.
 */
export async function profileProbe(root: string, options: ProfileOptions): Promise<string> {
  const { probe, rows, count, worked } = options;
  const compiled = buildForBench(root);
  const places = { compiled, baseline: '', duckdb: null };
  const workbench = await Workbench.make(tmpdir(), rows, places);
  const profiles = await mkdtemp(join(tmpdir(), 'rowtrail-profile-'));
  try {
    await workbench.ours('columns', { state: 'plain', keepAs: 'tracked' });
    if (worked) {
      await workbench.ours('run', {
        state: 'tracked',
        count: rows,
        concurrency: CONCURRENCY,
        keepAs: 'worked',
      });
    }
    const state = probe === 'columns' || probe === 'scan' ? 'plain' : worked ? 'worked' : 'tracked';
    const node = ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const samples = await workbench.ours(probe, { state, count, concurrency: CONCURRENCY, node });
    const names = (await readdir(profiles)).toSorted();
    const parts = await Promise.all(
      names.map(async (name) => {
        const profile = JSON.parse(await readFile(join(profiles, name), 'utf8')) as CpuProfile;
        return selfTimes(profile, compiled);
      }),
    );
    return [JSON.stringify(samples), ...parts].join('\n\n').concat('\n');
  } finally {
    await rm(profiles, { recursive: true, force: true });
    await workbench.remove();
  }
}

async function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, compiled: string): Promise<string> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const totals = new Map<string, number>();
  const maps = new SourceMaps(compiled);
  for (const [at, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const place = await maps.placeOf(frame.url, frame.lineNumber);
    const key = `${frame.functionName || '(anonymous)'}  ${place}`;
    totals.set(key, (totals.get(key) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
  }
  const busy = [...totals.values()].reduce((sum, each) => sum + each, 0);
  const lines = [...totals]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, SHOWN)
    .map(
      ([key, ms]) =>
        `${ms.toFixed(0).padStart(8)} ms ${((ms * 100) / busy).toFixed(1).padStart(5)} %  ${key}`,
    );
  return [`${busy.toFixed(0)} ms busy`, ...lines].join('\n');
}

class SourceMaps {
  readonly #compiled: string;
  readonly #maps = new Map<string, Promise<SourceMap | null>>();

  constructor(compiled: string) {
    this.#compiled = compiled;
  }

  /** File and line of the source that a compiled function came from. @param line from 0 */
  async placeOf(url: string, line: number): Promise<string> {
    if (!url.startsWith('file:')) return url;
    const path = fileURLToPath(url);
    let map = this.#maps.get(path);
    if (map === undefined) {
      map = readMap(path);
      this.#maps.set(path, map);
    }
    const entry = (await map)?.findEntry(line, 200);
    const sourceLine = entry && 'originalLine' in entry ? entry.originalLine : line;
    return `${relative(this.#compiled, path).replace(/\.js$/, '.ts')}:${sourceLine + 1}`;
  }
}

async function readMap(path: string): Promise<SourceMap | null> {
  try {
    return new SourceMap(JSON.parse(await readFile(`${path}.map`, 'utf8')));
  } catch {
    return null;
  }
}
