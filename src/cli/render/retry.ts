import type { DownloadType } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { counted, shellWord } from './words.ts';
import { wrapText } from './wrap.ts';

export interface RetriedDownload {
  readonly rowId: string;
  readonly downloadType: DownloadType;
}

/** How many are pending again, and the command that works on them. */
export function renderRetry(
  reset: readonly RetriedDownload[],
  failed: number,
  csvPath: string,
  { out, width }: Terminal,
): string {
  const line = (text: string) => wrapText(text, { width: width.out });
  const csv = safe(shellWord(csvPath));
  if (reset.length === 0 && failed === 0) return line('Nothing has failed.');
  if (reset.length === 0)
    return [
      line(`None of ${counted(failed, 'failed download')} fits.`),
      '',
      line(`${out.dim('Next:')} rowtrail failed ${csv}`),
    ].join('\n');
  const rows = new Set(reset.map(({ rowId }) => rowId)).size;
  return [
    line(
      `${counted(reset.length, 'failed download')} of ${counted(rows, 'row')} ${reset.length === 1 ? 'is' : 'are'} pending again.`,
    ),
    '',
    line(`${out.dim('Next:')} rowtrail run ${csv}`),
  ].join('\n');
}
