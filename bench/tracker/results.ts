import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import type { Machine } from '../support/machine.ts';
import { type Spread, spreadOf } from '../support/statistics.ts';
import { LIMITS, type Measure, MEASURES, type Sides } from './measures.ts';

/** What was measured at one size, as it is kept in results/. */
export interface SizeResult {
  readonly format: 1;
  readonly rows: number;
  readonly bytes: number;
  readonly machine: Machine;
  readonly rounds: number;
  /** The machine's load before and after; above 1 somebody else was measured, too. */
  readonly load: { readonly before: number; readonly after: number };
  readonly lines: readonly ResultLine[];
  readonly limits: readonly { readonly what: string; readonly unit: string; readonly spread: Spread }[];
}

export interface ResultLine {
  readonly what: string;
  readonly unit: string;
  readonly ours: Spread;
  readonly pandas: Spread | null;
  readonly duckdb: Spread | null;
  readonly limit: Spread | null;
  readonly moreIsBetter: boolean;
  readonly judge: 'median' | 'max';
  readonly mustReach: number | null;
  readonly met: boolean | null;
}

/** The table's lines for one size; measures without samples of ours are left out. */
export function linesOf(sides: Sides, rows: number): readonly ResultLine[] {
  return MEASURES.flatMap((measure) => {
    const ours = spreadIn(sides.ours, measure.ours);
    return ours === null ? [] : [lineOf(measure, ours, sides, rows)];
  });
}

function lineOf(measure: Measure, ours: Spread, sides: Sides, rows: number): ResultLine {
  const { what, unit, judge = 'median', moreIsBetter = false } = measure;
  const mustReach = measure.mustReach?.(rows) ?? null;
  const judged = ours[judge];
  return {
    what,
    unit,
    ours,
    pandas: spreadIn(sides.pandas, measure.pandas),
    duckdb: spreadIn(sides.duckdb, measure.duckdb),
    limit: spreadIn(sides.limits, measure.limit),
    moreIsBetter,
    judge,
    mustReach,
    met: mustReach === null ? null : moreIsBetter ? judged >= mustReach : judged <= mustReach,
  };
}

export function limitsOf(sides: Sides): SizeResult['limits'] {
  return LIMITS.flatMap(({ what, unit, key }) => {
    const spread = spreadIn(sides.limits, key);
    return spread === null ? [] : [{ what, unit, spread }];
  });
}

function spreadIn(
  samples: Readonly<Record<string, readonly number[]>>,
  key: string | undefined,
): Spread | null {
  const found = key === undefined ? undefined : samples[key];
  return found === undefined || found.length === 0 ? null : spreadOf(found);
}

/** Keeps one size's result; other sizes keep theirs. */
export async function keepResult(folder: string, result: SizeResult): Promise<void> {
  const json = JSON.stringify(result, (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value,
  );
  const path = join(folder, `tracker-${result.rows}.json`);
  await writeFile(path, await format(json, { parser: 'json', printWidth: 110 }));
}

/** All results that are kept, smallest first. */
export async function keptResults(folder: string): Promise<readonly SizeResult[]> {
  const names = (await readdir(folder)).filter((name) => /^tracker-\d+\.json$/.test(name));
  const results = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as SizeResult),
  );
  return results.toSorted((one, other) => one.rows - other.rows);
}
