import { describe, expect, it } from 'vitest';
import { parseYoutubeLinks } from '../../../src/sources/youtube/index.ts';

const ID = 'dQw4w9WgXcQ';
const WATCH = `https://www.youtube.com/watch?v=${ID}`;

const urls = (cell: string) => parseYoutubeLinks(cell).targets.map(({ url }) => url);
const refusal = (cell: string) => parseYoutubeLinks(cell).error?.code;

describe('a link cell', () => {
  it.each([
    WATCH,
    `http://youtube.com/watch?v=${ID}`,
    `https://m.youtube.com/watch?v=${ID}&t=42s`,
    `https://music.youtube.com/watch?v=${ID}&list=RDAMVM${ID}`,
    `https://www.youtube.com/watch?feature=share&v=${ID}`,
    `https://www.youtube.com/watch?v=${ID}&list=PLabcdef&index=3`,
    `https://youtu.be/${ID}?si=abc`,
    `https://youtu.be/${ID}&feature=share`,
    `youtu.be/${ID}`,
    `WWW.YOUTUBE.COM/watch?v=${ID}`,
    `https://www.youtube.com./watch?v=${ID}`,
    `https://www.youtube.com/shorts/${ID}`,
    `https://www.youtube.com/live/${ID}?feature=share`,
    `https://www.youtube.com/v/${ID}`,
    `https://www.youtube.com/embed/${ID}?rel=0`,
    `https://www.youtube-nocookie.com/embed/${ID}`,
    `https://somebody@www.youtube.com/watch?v=${ID}`,
    `https://www.youtube.com/attribution_link?u=%2Fwatch%3Fv%3D${ID}`,
    `https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D${ID}&gl=DE`,
    ` ${WATCH}, `,
  ])('that holds %s is one video, under a URL rebuilt from its id', (cell) => {
    expect(urls(cell)).toEqual([WATCH]);
  });

  it('with a list of video ids is these videos, in order and without repeats', () => {
    const cell = 'https://www.youtube.com/watch_videos?video_ids=bbbbbbbbbbb,aaaaaaaaaaa,bbbbbbbbbbb';
    expect(parseYoutubeLinks(cell).targets.map(({ id }) => id)).toEqual(['bbbbbbbbbbb', 'aaaaaaaaaaa']);
  });

  it.each([
    `https://www.youtube.com/playlist?list=PLx-1_y`,
    'https://youtube.com/embed/videoseries?list=PLx-1_y',
  ])('that holds %s is a playlist', (cell) => {
    expect(parseYoutubeLinks(cell).targets).toEqual([
      { kind: 'playlist', id: 'PLx-1_y', url: 'https://www.youtube.com/playlist?list=PLx-1_y' },
    ]);
  });

  it.each(['|', ' | ', ' ', '\n', '\r\n', '|\n', ',', ', ', ';', '; ', ';;', '，', '；', '、', '><', '","'])(
    'may hold several links separated by %j',
    (separator) => {
      const cell = ['youtu.be/aaaaaaaaaaa', WATCH, 'https://youtu.be/aaaaaaaaaaa'].join(separator);
      expect(urls(cell)).toEqual(['https://www.youtube.com/watch?v=aaaaaaaaaaa', WATCH]);
      const withoutScheme = ['youtu.be/aaaaaaaaaaa', `www.youtube.com/shorts/${ID}`].join(separator);
      expect(urls(withoutScheme)).toEqual(['https://www.youtube.com/watch?v=aaaaaaaaaaa', WATCH]);
    },
  );

  it('may hold links with nothing between them', () => {
    expect(urls(`https://youtu.be/aaaaaaaaaaa${WATCH}&t=5${WATCH}`)).toEqual([
      'https://www.youtube.com/watch?v=aaaaaaaaaaa',
      WATCH,
    ]);
  });

  it.each([
    `<${WATCH}>`,
    `"${WATCH}"`,
    `'${WATCH}'`,
    `“${WATCH}”`,
    `(${WATCH})`,
    `[${WATCH}]`,
    `["${WATCH}","youtu.be/${ID}"]`,
    `('${WATCH}','youtu.be/${ID}')`,
    `${WATCH}.`,
    `${WATCH});`,
    `\u200B${WATCH}\u200B`,
    `\uFEFF${WATCH}`,
    `https://youtu.be/\u200E${ID}`,
    `https://www.youtube.com/watch?list=PLx&amp;v=${ID}`,
  ])('may hold what came along with a link: %j', (cell) => {
    expect(urls(cell)).toEqual([WATCH]);
  });

  it.each([
    `${WATCH}&t=1,2`,
    `${WATCH}&t=1;2`,
    `${WATCH}&q=cats;dogs,birds`,
    `${WATCH}&title=(a)[b]{c}'d'`,
    `${WATCH}&site=1,example.org`,
    `https://consent.youtube.com/m?continue=https://www.youtube.com/watch?v=${ID}`,
    `https://www.youtube.com/attribution_link?a=x&u=https://www.youtube.com/watch?v=${ID}`,
    `https://www.youtube.com/attribution_link?u=%2Fwatch%3Fv%3D${ID}%26list%3Dhttps://youtu.be/aaaaaaaaaaa`,
  ])('with %s, whose signs are its own, stays one link', (cell) => {
    expect(urls(cell)).toEqual([WATCH]);
  });

  it('does not take the beginning of a list that was cut off for the whole', () => {
    expect(refusal('https://www.youtube.com/playlist?list=PLx-1...')).toBe('malformed_link');
    expect(refusal('https://www.youtube.com/playlist?list=PLx-1…')).toBe('malformed_link');
  });

  it('with tens of thousands of separators is read at once', () => {
    const started = performance.now();
    for (const sign of [',', ';', '(', '.', "'", '"', ',(']) parseYoutubeLinks(`${sign.repeat(100_000)}x`);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each([
    'file:///etc/passwd',
    'https://vimeo.com/1234',
    'https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ',
    'https://youtube.com@evil.example/watch?v=dQw4w9WgXcQ',
    'https://notyoutube.com/watch?v=dQw4w9WgXcQ',
    'ftp://youtube.com/watch?v=dQw4w9WgXcQ',
    'https://consent.youtube.com/m?continue=https%3A%2F%2Fevil.example%2Fwatch',
    `youtu.be/${ID} https://example.org/a.mp4`,
  ])('that leads elsewhere (%s) is a foreign link', (cell) => {
    expect(refusal(cell)).toBe('foreign_link');
  });

  it.each([
    '',
    '   ',
    '--exec=touch /tmp/x',
    'junk',
    'ytsearch5:cats',
    'javascript:alert(1)',
    'https://',
    'https://youtu.be/',
    'https://www.youtube.com/watch?v=short',
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ--exec',
    'https://www.youtube.com/watch?v=dQw4w9WgX%20Q',
    'https://www.youtube.com/watch_videos?video_ids=',
    `https://www.youtube.com/watch_videos?video_ids=${ID},--exec`,
    'https://www.youtube.com/playlist',
    'https://www.youtube.com/playlist?list=../../x',
    'https://consent.youtube.com/m?continue=https%3A%2F%2Fconsent.youtube.com%2Fm%3Fcontinue%3Dx',
    'https://www.youtube.com/attribution_link',
  ])('that holds no usable id (%s) is malformed', (cell) => {
    expect(refusal(cell)).toBe('malformed_link');
  });

  it.each([
    'https://www.youtube.com/@somebody',
    'https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv',
    'https://www.youtube.com/user/somebody',
    'https://www.youtube.com/results?search_query=cats',
    'https://www.youtube.com/',
    'https://www.youtube.com/playlist?list=WL',
    'https://www.youtube.com/embed/live_stream?channel=UCabc',
  ])('that points at no video or playlist (%s) is unsupported', (cell) => {
    expect(refusal(cell)).toBe('unsupported_link');
  });

  it('names the link in the message, shortened', () => {
    const { error } = parseYoutubeLinks(`youtu.be/${ID} https://evil.example/${'x'.repeat(5000)}`);
    expect(error?.message).toContain('https://evil.example/xxx');
    expect(error?.message.length).toBeLessThan(300);
  });
});
