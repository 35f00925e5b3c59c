import type { Machine } from '../support/machine.ts';
import type { Spread } from '../support/statistics.ts';
import type { Work } from './contestants.ts';
import type { MemorySample } from './pool-memory.ts';

/** What one contestant needed for one piece of work, each figure for one item. */
export interface Line {
  readonly work: Work;
  readonly contestant: string;
  /** Items in each round. */
  readonly items: number;
  readonly secondsAnItem: Spread;
  readonly cpuAnItem: Spread;
}

/** What must be reached, and what was. */
export interface Target {
  readonly what: string;
  readonly figure: number;
  readonly bound: 'at most' | 'at least';
  readonly must: number;
  readonly met: boolean;
}

/** As it is kept in results/. */
export interface YoutubeResult {
  readonly format: 1;
  readonly machine: Machine;
  readonly ytDlp: string;
  readonly latencyMs: number;
  readonly rounds: number;
  readonly load: { readonly before: number; readonly after: number };
  readonly lines: readonly Line[];
  readonly targets: readonly Target[];
  /** Empty where it was not measured. */
  readonly memory: readonly MemorySample[];
}

/** The names of the contestants, as targets compare them. */
export interface Names {
  readonly steps: string;
  readonly batch: string;
  readonly one: string;
  readonly eight: string;
}

/** What the issue asks for, judged by medians. Pure. */
export function targetsOf(
  lines: readonly Line[],
  memory: readonly MemorySample[],
  names: Names,
): readonly Target[] {
  const median = (work: Work, contestant: string, figure: 'secondsAnItem' | 'cpuAnItem') =>
    lines.find((line) => line.work === work && line.contestant === contestant)?.[figure].median ?? NaN;
  const ratio = (work: Work, figure: 'secondsAnItem' | 'cpuAnItem', a: string, b: string) =>
    median(work, a, figure) / median(work, b, figure);
  const { steps, batch, one, eight } = names;
  return [
    atMost(
      'CPU a video, 1 at once, against one process a step',
      ratio('videos', 'cpuAnItem', one, steps),
      1 / 4,
    ),
    atMost(
      'CPU a video, 8 at once, against one process a step',
      ratio('videos', 'cpuAnItem', eight, steps),
      1 / 4,
    ),
    atMost(
      'CPU a transcript, 1 at once, against one process a step',
      ratio('transcripts', 'cpuAnItem', one, steps),
      1 / 5,
    ),
    atMost(
      'CPU a transcript, 8 at once, against one process a step',
      ratio('transcripts', 'cpuAnItem', eight, steps),
      1 / 5,
    ),
    ...(['videos', 'transcripts'] as const).flatMap((work) => [
      atMost(`time of ${work}, 1 at once, against yt-dlp -a`, ratio(work, 'secondsAnItem', one, batch), 1.7),
      atLeast(
        `${work}, 8 at once: times ahead of yt-dlp -a`,
        ratio(work, 'secondsAnItem', batch, eight),
        1.8,
      ),
    ]),
    ...growthTarget(memory),
  ];
}

/** Memory grows by what is imported late, and then no more. */
const SETTLED_AFTER_JOBS = 100;
const FLAT = 1.1;

function growthTarget(memory: readonly MemorySample[]): readonly Target[] {
  const settled = memory.find(({ jobs }) => jobs >= SETTLED_AFTER_JOBS)?.megabytes;
  const last = memory.at(-1)?.megabytes;
  if (settled === undefined || last === undefined) return [];
  return [
    atMost(
      `memory of a worker after the last job, against that after ${SETTLED_AFTER_JOBS}`,
      last / settled,
      FLAT,
    ),
  ];
}

function atMost(what: string, figure: number, must: number): Target {
  return { what, figure, bound: 'at most', must, met: figure <= must };
}

function atLeast(what: string, figure: number, must: number): Target {
  return { what, figure, bound: 'at least', must, met: figure >= must };
}
