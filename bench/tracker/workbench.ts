import { constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { probeCommand } from '../support/probe-command.ts';
import { type Samples, runChild } from '../support/run-child.ts';
import { writeSampleCsv } from './sample-csv.ts';
import type { Task } from './task.ts';

const CSV_NAME = 'people.csv';
const PYTHON = '/usr/bin/python3';

/** The states of the sample CSV that probes begin with. */
export type State =
  /** As a person brings it: no tracking columns. */
  | 'plain'
  /** With tracking columns; nothing was done yet. */
  | 'tracked'
  /** After a run, with its ledger. */
  | 'worked';

export interface ProbeOptions {
  readonly state: State;
  readonly count?: number;
  readonly concurrency?: number;
  /**
   * Work on a copy (default) or on the state itself. The ledger takes a copy for a file that somebody else has saved;
   * where that is not what is measured, the state itself has to do.
   */
  readonly inPlace?: boolean;
  /** Keep what the probe made of the CSV as this state. */
  readonly keepAs?: State;
  /** Options for Node, such as `--cpu-prof`. */
  readonly node?: readonly string[];
}

/** A temporary folder with the sample CSV of one size, in which each measurement gets a copy and a process of its own. */
export class Workbench {
  readonly folder: string;
  readonly rows: number;
  readonly #compiled: string;
  readonly #baseline: string;
  readonly #duckdb: string | null;

  private constructor(folder: string, rows: number, places: Places) {
    this.folder = folder;
    this.rows = rows;
    this.#compiled = places.compiled;
    this.#baseline = places.baseline;
    this.#duckdb = places.duckdb;
  }

  /** Makes the folder and the CSV; remove it afterwards. */
  static async make(parent: string, rows: number, places: Places): Promise<Workbench> {
    const workbench = new Workbench(await mkdtemp(join(parent, 'rowtrail-bench-')), rows, places);
    const state = workbench.#stateFolder('plain');
    await mkdir(state);
    await writeSampleCsv(join(state, CSV_NAME), rows);
    await settle(join(state, CSV_NAME));
    return workbench;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs one of our probes. */
  async ours(probe: string, options: ProbeOptions): Promise<Samples> {
    const { state, count = 1, concurrency = 1, inPlace = false, keepAs, node = [] } = options;
    const place = inPlace ? this.#stateFolder(state) : await this.#copyOf(state);
    const other = await mkdtemp(join(this.folder, 'other-'));
    try {
      const task: Task = {
        csv: join(place, CSV_NAME),
        rows: this.rows,
        folder: other,
        count,
        concurrency,
        part: 0,
        duckdb: this.#duckdb,
      };
      const script = join(this.#compiled, 'bench', 'tracker', 'probe-main.js');
      const samples = await runChild(probeCommand(script, [probe, JSON.stringify(task)], node));
      if (keepAs !== undefined) {
        await rm(this.#stateFolder(keepAs), { recursive: true, force: true });
        // Renamed, not copied: it must stay the very file that the ledger knows.
        await rename(place, this.#stateFolder(keepAs));
      }
      return samples;
    } finally {
      await rm(other, { recursive: true });
      if (!inPlace) await rm(place, { recursive: true, force: true });
    }
  }

  /** Runs one of the baseline's operations; those that only read need no copy. */
  async theirs(operation: string, state: State, rowIds: readonly string[] = []): Promise<Samples> {
    const writes = operation === 'columns' || operation === 'update';
    const place = writes ? await this.#copyOf(state) : this.#stateFolder(state);
    try {
      return await runChild([PYTHON, this.#baseline, operation, join(place, CSV_NAME), ...rowIds]);
    } finally {
      if (writes) await rm(place, { recursive: true });
    }
  }

  /** A copy of a state, on the disk before it is used: what is measured must not wait for our copying. */
  async #copyOf(state: State): Promise<string> {
    const copy = await mkdtemp(join(this.folder, 'copy-'));
    const from = this.#stateFolder(state);
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      const source = join(entry.parentPath, entry.name);
      const target = join(copy, relative(from, source));
      if (!entry.isFile() || basename(entry.parentPath) === 'backups') continue;
      await mkdir(dirname(target), { recursive: true });
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await settle(target);
    }
    return copy;
  }

  #stateFolder(state: State): string {
    return join(this.folder, state);
  }
}

export interface Places {
  /** The folder into which src/ and bench/ were compiled. */
  readonly compiled: string;
  /** The baseline's program. */
  readonly baseline: string;
  /** A folder in which DuckDB is installed, or null. */
  readonly duckdb: string | null;
}

/** Whether pandas is installed. */
export async function hasPandas(): Promise<boolean> {
  try {
    await runChild([PYTHON, '-c', 'import pandas; print("{}")']);
    return true;
  } catch {
    return false;
  }
}

async function settle(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.sync();
  await handle.close();
}
