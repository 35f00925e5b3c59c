import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildForBench } from '../support/build.ts';
import type { ProfileOptions } from './options.ts';
import { Workbench } from './workbench.ts';

const SHOWN = 25;
const HOT_LINES = 3;
const CONCURRENCY = 32;

/** A CPU profile as V8 writes it, as far as it is used. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    /** Samples by line, from 1. */
    readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
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
  const { probe, rows, count, after } = options;
  const compiled = buildForBench(root);
  const places = { compiled, baseline: '', duckdb: null };
  const workbench = await Workbench.make(tmpdir(), rows, places);
  const profiles = await mkdtemp(join(tmpdir(), 'rowtrail-profile-'));
  try {
    await workbench.ours('columns', { state: 'plain', keepAs: 'tracked' });
    if (after !== null) {
      await workbench.ours('run', {
        state: 'tracked',
        count: rows,
        concurrency: CONCURRENCY,
        keepAs: 'worked',
      });
    }
    const state = probe === 'columns' || probe === 'scan' ? 'plain' : after === null ? 'tracked' : 'worked';
    const node = ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const samples = await workbench.ours(probe, {
      state,
      count,
      concurrency: CONCURRENCY,
      node,
      inPlace: after === 'run',
    });
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

/** The functions of one thread by the time spent in themselves, native calls that they wait for included. */
async function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, compiled: string): Promise<string> {
  const spent = new Map<number, number>();
  for (const [at, id] of samples.entries())
    spent.set(id, (spent.get(id) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
  const functions = new Map<string, { ms: number; readonly ticks: Map<string, number> }>();
  const maps = new SourceMaps(compiled);
  for (const { id, callFrame, positionTicks } of nodes) {
    const ms = spent.get(id);
    if (ms === undefined || callFrame.functionName === '(idle)') continue;
    const { url, lineNumber } = callFrame;
    const key = `${callFrame.functionName || '(anonymous)'}  ${await maps.placeOf(url, lineNumber)}`;
    const entry = functions.get(key) ?? { ms: 0, ticks: new Map<string, number>() };
    functions.set(key, entry);
    entry.ms += ms;
    for (const { line, ticks } of positionTicks ?? []) {
      const place = (await maps.placeOf(url, line - 1)).split(':').at(-1) ?? '';
      entry.ticks.set(place, (entry.ticks.get(place) ?? 0) + ticks);
    }
  }
  const busy = [...functions.values()].reduce((sum, { ms }) => sum + ms, 0);
  const lines = [...functions]
    .toSorted(([, one], [, other]) => other.ms - one.ms)
    .slice(0, SHOWN)
    .map(([key, { ms, ticks }]) => {
      const share = ((ms * 100) / busy).toFixed(1);
      return `${ms.toFixed(0).padStart(8)} ms ${share.padStart(5)} %  ${key}${hottest(ticks)}`;
    });
  return [`${busy.toFixed(0)} ms busy`, ...lines].join('\n');
}

/** The lines of a function in which most of its time goes. */
function hottest(ticks: ReadonlyMap<string, number>): string {
  const all = [...ticks.values()].reduce((sum, each) => sum + each, 0);
  if (ticks.size < 2) return '';
  const lines = [...ticks]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, HOT_LINES)
    .map(([line, count]) => `${line}: ${Math.round((count * 100) / all)} %`);
  return `  (line ${lines.join(', ')})`;
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
