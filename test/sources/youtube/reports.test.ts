import { describe, expect, it } from 'vitest';
import { readPrintedLine } from '../../../src/sources/youtube/printed-lines.ts';
import { ProgressSum } from '../../../src/sources/youtube/progress.ts';
import { chooseLanguage } from '../../../src/sources/youtube/transcripts/find-transcript.ts';

const MARK = 'rowtrail-1-000000000000000000000000:';
const read = (line: string) => readPrintedLine(`${MARK}${line}`, MARK);

describe('a line that yt-dlp prints for us', () => {
  it('is read, with missing fields as null', () => {
    expect(read('info:{"id": "aaaaaaaaaaa", "title": "T: NA}", "duration":NA}')).toMatchObject({
      kind: 'info',
      info: { id: 'aaaaaaaaaaa', title: 'T: NA}', duration: null, channel: null, subtitles: [] },
    });
  });

  it('keeps a title as it is when nothing is missing', () => {
    expect(read('entry:{"id": "aaaaaaaaaaa", "title": "x:NA}"}')).toMatchObject({ title: 'x:NA}' });
  });

  it('tells the languages of its transcripts', () => {
    const line = read(
      'info:{"id": "aaaaaaaaaaa", "requested_subtitles": {"en": {"url": "https://x/"}, "de": null}}',
    );
    expect(line).toMatchObject({ info: { subtitles: ['en', 'de'] } });
  });

  it.each(['info:{', 'info:[]', 'file:{"id": 1}', 'other:{}', 'info', ''])(
    'is ignored when it is %j',
    (line) => {
      expect(read(line)).toBeNull();
    },
  );

  it('is ignored without our mark, which a title cannot know', () => {
    expect(
      readPrintedLine('rowtrail-1-ffffffffffffffffffffffff:entry:{"id":"aaaaaaaaaaa"}', MARK),
    ).toBeNull();
  });
});

describe('progress', () => {
  const report = (format: string, received: number, total: number | null) => ({
    format,
    received,
    total,
    bytesPerSecond: 10,
    etaSeconds: null,
  });

  it('adds picture and sound together', () => {
    const sum = new ProgressSum();
    sum.expect(
      new Map([
        ['136', 100],
        ['140', 50],
      ]),
    );
    sum.add(report('136', 100, 100), 0);
    expect(sum.add(report('140', 20, 50), 1000)).toEqual({
      receivedBytes: 120,
      totalBytes: 150,
      bytesPerSecond: 10,
      etaSeconds: 3,
    });
  });

  it('has no total while one part is unknown', () => {
    const sum = new ProgressSum();
    sum.expect(
      new Map([
        ['136', 100],
        ['140', null],
      ]),
    );
    expect(sum.add(report('136', 10, 100), 0)?.totalBytes).toBeNull();
  });

  it('is told a few times a second, at the end always, and never for a transcript', () => {
    const sum = new ProgressSum();
    const told = [
      sum.add(report('18', 1, 100), 0),
      sum.add(report('18', 2, 100), 100),
      sum.add(report('18', 3, 100), 260),
      sum.add(report('', 9, 9), 1000),
      sum.add(report('18', 100, 100), 261),
      sum.add(report('18', 100, 100), 9999),
    ];
    expect(told.map((progress) => progress?.receivedBytes ?? null)).toEqual([1, null, 3, null, 100, null]);
  });
});

describe('the language of a transcript', () => {
  it.each([
    [['de', 'en'], ['en', 'en-orig', 'de'], 'en'],
    [['en-orig', 'de'], ['en', 'en-orig', 'de'], 'en-orig'],
    [['pt-BR'], ['en'], 'pt-BR'],
    [[], ['en'], null],
  ])('among %j, with %j preferred, is %j', (found, preferred, lang) => {
    expect(chooseLanguage(found, preferred)).toBe(lang);
  });
});
