import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCues } from '../../../../src/sources/youtube/transcripts/cues.ts';
import { convertTranscript } from '../../../../src/sources/youtube/transcripts/transcript-format.ts';

/** As YouTube writes automatic captions. */
const ROLLING = `WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.230 align:start position:0%
 
so<00:00:00.480><c> this</c><00:00:00.800><c> is</c>

00:00:02.230 --> 00:00:02.240 align:start position:0%
so this is
 

00:00:02.240 --> 00:00:04.510 align:start position:0%
so this is
no<00:00:02.500><c> no</c>

00:00:04.510 --> 00:00:04.520 align:start position:0%
no no
 

00:00:04.520 --> 00:00:06.000 align:start position:0%
no no
no<00:00:05.000><c> no</c>

00:00:06.000 --> 00:00:06.010 align:start position:0%
no no
 

01:00:07.000 --> 01:00:08.500 align:start position:0%
no no
[Music]
`;

describe('automatic captions', () => {
  it('roll: each line stands once, at the time at which it is spoken', () => {
    expect(convertTranscript(ROLLING, 'srt')).toBe(`1
00:00:00,160 --> 00:00:02,240
so this is

2
00:00:02,240 --> 00:00:04,520
no no

3
00:00:04,520 --> 00:00:06,010
no no

4
01:00:07,000 --> 01:00:08,500
[Music]
`);
    expect(convertTranscript(ROLLING, 'txt')).toBe('so this is\nno no\nno no\n[Music]\n');
  });

  it('stay as they are as vtt', () => {
    expect(convertTranscript(ROLLING, 'vtt')).toBe(ROLLING);
  });
});

describe('captions by a person', () => {
  it('keep their repeats, lose tags, entities and notes', () => {
    const vtt = [
      '\uFEFFWEBVTT - a title',
      'NOTE 00:00 --> is no cue',
      'STYLE\n::cue { color: red }',
      'first\n00:01.000 --> 00:02.000 line:0\n<v Ada>Yes &amp; no</v>&nbsp;&#8212; <i>maybe</i>',
      '00:02.000 --> 00:03.000\nYes & no \u2014 maybe\u0000\u001b[31m\nsecond',
      '00:03.000 --> 00:04.000\n<b></b>',
    ].join('\r\n\r\n');
    expect(readCues(vtt)).toEqual([
      { startMs: 1000, endMs: 2000, lines: ['Yes & no \u2014 maybe'] },
      { startMs: 2000, endMs: 3000, lines: ['Yes & no \u2014 maybe [31m', 'second'] },
    ]);
  });

  it.each(['', 'WEBVTT', '<!doctype html>', '00:00:01.000 --> oops\nx'])('are none in %j', (text) => {
    expect(convertTranscript(text, 'srt')).toBe('');
    expect(convertTranscript(text, 'txt')).toBe('');
  });
});

describe('a spoken text', () => {
  const words = fc.stringMatching(/^[a-z]{1,6}(?: [a-z]{1,6}){0,3}$/);

  it('comes out of rolling captions line by line, whatever is said', () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 20 }), (lines) => {
        const blocks = lines.flatMap((line, at) => {
          const above = at === 0 ? ' ' : (lines[at - 1] ?? '');
          const [time, end] = [at * 2, at * 2 + 1].map((s) => `00:${String(s % 60).padStart(2, '0')}.000`);
          return [
            `${time} --> ${end} align:start\n${above}\n${line}<00:00:00.500>`,
            `${end} --> ${end} align:start\n${line}\n `,
          ];
        });
        const text = convertTranscript(`WEBVTT\n\n${blocks.join('\n\n')}\n`, 'txt');
        expect(text).toBe(lines.map((line) => `${line}\n`).join(''));
      }),
    );
  });

  it('of any bytes is read without harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const srt = convertTranscript(`WEBVTT\n\n00:01.000 --> 00:02.000\n${text}`, 'srt');
        expect(srt.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
