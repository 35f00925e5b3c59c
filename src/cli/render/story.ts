import {
  type AttemptStory,
  type DownloadStory,
  isAdoption,
  type ItemStory,
  type RowVerdict,
  type RowStory,
} from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { fromHere } from './paths.ts';
import { bytesText, counted, durationText, timeText, TYPE_NAMES } from './words.ts';
import { brief, wrapCommand, wrapText } from './wrap.ts';

const MAX_NAME = 200;
const MAX_MESSAGE = 500;
const INDENT = '  ';

const VERDICTS: Readonly<Record<RowVerdict, string>> = {
  done: 'completed',
  not_tried: 'pending, not tried yet',
  running: 'being downloaded',
  again: 'failed, to be tried again',
  later: 'put off',
  never: 'failed, not tried again by itself',
  given_up: 'failed, given up',
};

export function renderNoRow(rowId: string, { width }: Terminal): string {
  return wrapText(`Nothing is known of a row ${brief(rowId, MAX_NAME)}.`, { width: width.out });
}

/** A row's story: who it is, and for each download what was tried, what came of it and what to do next. */
export function renderStory(story: RowStory, cwd: string, terminal: Terminal): string {
  const { out, width } = terminal;
  const { rowId, name, type, csvPath, line: at, downloads, notes } = story;
  const line = (text: string, indent = INDENT) => wrapText(text, { width: width.out, indent });
  const who = [name, type].map((text) => brief(text, MAX_NAME)).filter((text) => text.trim() !== '');
  const where =
    csvPath === null ? [] : [`${safe(fromHere(csvPath, cwd))}${at === null ? '' : ` line ${at}`}`];
  const heading = `${out.bold(`Row ${brief(rowId, MAX_NAME)}`)}: ${[...who, ...where].join(', ')}`;
  const parts = downloads.map((download) => renderDownload(download, terminal));
  const none = downloads.length === 0 ? [line('It has no link: nothing is to be fetched.')] : [];
  return [
    [line(heading), ...notes.map((note) => line(`${out.yellow('note:')} ${safe(note)}`))].join('\n'),
    ...parts,
    ...none,
  ].join('\n\n');
}

function renderDownload(story: DownloadStory, { out, width }: Terminal): string {
  const { downloadType, link, verdict, message, cause, notBefore, nextStep, commands, items, timeline } =
    story;
  const line = (text: string, indent = INDENT.repeat(2)) =>
    wrapText(`${INDENT}${text}`, { width: width.out, indent });
  const isShown = message !== null && timeline.at(-1)?.message !== message;
  return [
    wrapText(`${out.bold(TYPE_NAMES[downloadType])}: ${VERDICTS[verdict]}`, { width: width.out }),
    ...(link === '' ? [] : [line(out.dim(brief(link, MAX_MESSAGE)))]),
    ...timeline.map((attempt) => line(attemptText(attempt))),
    ...items.map((item) => line(itemText(item))),
    ...(isShown
      ? [line(`${brief(message, MAX_MESSAGE)}${cause === null ? '' : ` (${brief(cause, MAX_NAME)})`}`)]
      : []),
    ...(notBefore === null ? [] : [line(`Not before ${timeText(new Date(notBefore))}.`)]),
    line(`${out.dim('Next:')} ${nextStep}`),
    ...commands.map((command) => wrapCommand(`${INDENT.repeat(2)}${safe(command)}`, width.out)),
  ].join('\n');
}

function attemptText({
  endedAt,
  status,
  seconds,
  files,
  message,
  cause,
  present,
  runId,
}: AttemptStory): string {
  const earlier = present ? '' : ' (an earlier link, or before a reset)';
  const isAdopted = isAdoption(runId);
  const what = isAdopted
    ? 'adopted'
    : { completed: 'completed', failed: 'failed', pending: 'put off' }[status];
  const came = files === null || files === 0 ? '' : `, ${counted(files, 'file')}`;
  const why =
    message === null
      ? ''
      : `: ${brief(message, MAX_MESSAGE)}${cause === null ? '' : ` (${brief(cause, MAX_NAME)})`}`;
  const how = runId === null || isAdopted ? '' : ` after ${durationText(seconds)}`;
  return `${timeText(new Date(endedAt))} ${what}${how}${came}${earlier}${why}`;
}

function itemText({ kind, mediaId, title, status, files, cause, message, present }: ItemStory): string {
  const name = [kind, mediaId ?? ''].filter((word) => word !== '').map((word) => brief(word, MAX_NAME));
  const called = title === null ? '' : ` "${brief(title, MAX_NAME)}"`;
  const listed = files.map(
    ({ path, size }) => `${safe(path)}${size === null ? '' : ` (${bytesText(size)})`}`,
  );
  const why =
    message === null
      ? ''
      : ` ${brief(message, MAX_MESSAGE)}${cause === null ? '' : ` (${brief(cause, MAX_NAME)})`}`;
  return `${name.join(' ')}${called}${present ? '' : ', earlier'}: ${status === 'completed' ? listed.join(', ') : `failed:${why}`}`;
}
