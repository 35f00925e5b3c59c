import { type Cue, readCues } from './cues.ts';

/** What a transcript is stored as: as it comes, for players, or for reading. */
export const TRANSCRIPT_FORMATS = ['vtt', 'srt', 'txt'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

/** A WebVTT text in another format. Pure. */
export function convertTranscript(vtt: string, format: TranscriptFormat): string {
  if (format === 'vtt') return vtt;
  const cues = readCues(vtt);
  return format === 'srt'
    ? cues.map(srtCue).join('\n')
    : cues
        .flatMap(({ lines }) => lines)
        .map(line)
        .join('');
}

function srtCue({ startMs, endMs, lines }: Cue, index: number): string {
  return [index + 1, `${clock(startMs)} --> ${clock(endMs)}`, ...lines]
    .map((part) => line(String(part)))
    .join('');
}

function line(text: string): string {
  return `${text}\n`;
}

function clock(ms: number): string {
  const part = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, '0');
  return `${part(ms / 3_600_000, 2)}:${part((ms / 60_000) % 60, 2)}:${part((ms / 1000) % 60, 2)},${part(ms % 1000, 3)}`;
}
