import { ErrorSeverity } from '../../errors/index.ts';

/** Something that is wrong with a CSV, and where. */
export interface Problem {
  readonly severity: ErrorSeverity;
  /** Physical line, from 1. */
  readonly line: number;
  /** Cell, from 1. */
  readonly column: number;
  /** A sentence without anybody's name, address or link. */
  readonly message: string;
  readonly rowId?: string;
}

/** Problems that are kept and listed; of the others only their number is known. */
export const MAX_PROBLEMS = 1000;

const WORST_FIRST = [
  ErrorSeverity.CRITICAL,
  ErrorSeverity.ERROR,
  ErrorSeverity.WARNING,
  ErrorSeverity.INFO,
] as const;

/** Collects problems in bounded memory: a million harmless ones do not crowd out a grave one at the end. */
export class ProblemList {
  readonly #kept = new Map<ErrorSeverity, Problem[]>();
  readonly #counts = new Map<ErrorSeverity, number>();

  add(problem: Problem): void {
    const { severity } = problem;
    this.#counts.set(severity, (this.#counts.get(severity) ?? 0) + 1);
    const kept = this.#kept.get(severity) ?? [];
    this.#kept.set(severity, kept);
    if (kept.length < MAX_PROBLEMS) kept.push(problem);
  }

  /** The gravest, at most {@link MAX_PROBLEMS}, in the order of the file. */
  listed(): Problem[] {
    return WORST_FIRST.flatMap((severity) => this.#kept.get(severity) ?? [])
      .slice(0, MAX_PROBLEMS)
      .toSorted((one, other) => one.line - other.line || one.column - other.column);
  }

  /** How many are not listed, by severity, the worst first; those of which all are listed are left out. */
  left(): { readonly severity: ErrorSeverity; readonly count: number }[] {
    let room = MAX_PROBLEMS;
    return WORST_FIRST.map((severity) => {
      const count = this.#counts.get(severity) ?? 0;
      const shown = Math.min(count, room);
      room -= shown;
      return { severity, count: count - shown };
    }).filter(({ count }) => count > 0);
  }
}
