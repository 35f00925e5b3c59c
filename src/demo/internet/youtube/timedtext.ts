import { notFound, text, type Reply } from '../reply.ts';
import { escapeHtml } from '../markup.ts';
import type { Caption, Video } from './video.ts';

interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** Answers `/api/timedtext` in the format asked for; 404 for a track that the video has not. */
export function timedtextReply(video: Video, query: URLSearchParams): Reply {
  const kind = query.get('kind') ?? undefined;
  const track = video.captions.find((caption) => caption.lang === query.get('lang') && caption.kind === kind);
  if (!track) return notFound();
  const lang = query.get('tlang') ?? track.lang;
  const cues = cuesOf(track, video.seconds * 1000);
  switch (query.get('fmt')) {
    case 'vtt':
      return text(vtt(cues, lang), 'text/vtt');
    case 'srt':
      return text(srt(cues), 'text/plain');
    case 'json3':
      return text(json3(cues), 'application/json');
    default:
      return text(xml(cues), 'text/xml');
  }
}

function cuesOf(caption: Caption, lengthMs: number): readonly Cue[] {
  const lines = (
    caption.text ?? `Hello from the loopback internet.\nThis is the ${caption.lang} track.`
  ).split('\n');
  const each = Math.floor(lengthMs / lines.length);
  return lines.map((line, index) => ({ startMs: index * each, endMs: (index + 1) * each, text: line }));
}

function vtt(cues: readonly Cue[], lang: string): string {
  const blocks = cues.map(
    (cue) => `${clock(cue.startMs, '.')} --> ${clock(cue.endMs, '.')}\n${escapeHtml(cue.text)}\n`,
  );
  return [`WEBVTT\nKind: captions\nLanguage: ${lang}\n`, ...blocks].join('\n');
}

function srt(cues: readonly Cue[]): string {
  return cues
    .map(
      (cue, index) => `${index + 1}\n${clock(cue.startMs, ',')} --> ${clock(cue.endMs, ',')}\n${cue.text}\n`,
    )
    .join('\n');
}

function json3(cues: readonly Cue[]): string {
  const events = cues.map((cue) => ({
    tStartMs: cue.startMs,
    dDurationMs: cue.endMs - cue.startMs,
    segs: [{ utf8: cue.text }],
  }));
  return JSON.stringify({ wireMagic: 'pb3', events });
}

function xml(cues: readonly Cue[]): string {
  const body = cues.map(
    (cue) =>
      `<text start="${cue.startMs / 1000}" dur="${(cue.endMs - cue.startMs) / 1000}">${escapeHtml(cue.text)}</text>`,
  );
  return `<?xml version="1.0" encoding="utf-8" ?><transcript>${body.join('')}</transcript>`;
}

function clock(ms: number, separator: ',' | '.'): string {
  return new Date(ms).toISOString().slice(11, 23).replace('.', separator);
}
