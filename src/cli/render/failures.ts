import type { FailedDownload } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { counted, TYPE_NAMES } from './words.ts';

type Shown = Pick<FailedDownload, 'rowId' | 'name' | 'downloadType' | 'message' | 'nextStep'>;

/** Failures grouped by what mends them: one next step, then the rows that it is for. */
export function renderFailures(failures: readonly Shown[], { out }: Terminal): string {
  if (failures.length === 0) return 'Nothing has failed.';
  const groups = Map.groupBy(failures, ({ nextStep }) => nextStep);
  const parts = [...groups].map(([nextStep, group]) =>
    [
      `${out.yellow(counted(group.length, 'download'))}: ${nextStep}`,
      ...group.map(
        ({ rowId, name, downloadType, message }) =>
          `  ${out.bold(safe(rowId))}${name === '' ? '' : ` ${safe(name)}`} ${out.dim(`${TYPE_NAMES[downloadType]}: ${safe(message)}`)}`,
      ),
    ].join('\n'),
  );
  return parts.join('\n\n');
}
