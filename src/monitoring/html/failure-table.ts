import type { FailedDownloadDetail } from '../failed-downloads.ts';
import { escapeHtml } from './escape.ts';
import { countText, timeText } from '../words.ts';

/** Rows that a browser shows without effort. */
const MOST_ROWS = 1000;

/** Each failed download with its cause and what to do. */
export function failureTable(failures: readonly FailedDownloadDetail[]): string {
  if (failures.length === 0) return '<p class="soft">No download has failed.</p>';
  const more = failures.length - MOST_ROWS;
  return [
    '<div class="scroll"><table>',
    '<thead><tr><th>Row</th><th>Type</th><th>Cause</th><th>What happened, and what to do</th><th class="number">Attempts</th><th>Last attempt</th></tr></thead>',
    `<tbody>${failures.slice(0, MOST_ROWS).map(failureRow).join('\n')}</tbody>`,
    '</table></div>',
    more > 0 ? `<p class="soft">${countText(more)} more are in the JSON report.</p>` : '',
  ].join('\n');
}

function failureRow(failure: FailedDownloadDetail): string {
  const { rowId, downloadType, cause, message, nextStep, attempts, lastAttempt } = failure;
  return `<tr>${[
    `<td data-label="Row"><b>${escapeHtml(rowId, 80)}</b></td>`,
    `<td class="short" data-label="Type">${escapeHtml(downloadType)}</td>`,
    `<td class="short" data-label="Cause">${escapeHtml(cause)}</td>`,
    `<td>${escapeHtml(message)}<br><span class="soft">${escapeHtml(nextStep)}</span></td>`,
    `<td class="number" data-label="Attempts">${countText(attempts)}</td>`,
    `<td class="short" data-label="Last attempt">${lastAttempt === null ? 'unknown' : escapeHtml(timeText(lastAttempt))}</td>`,
  ].join('')}</tr>`;
}
