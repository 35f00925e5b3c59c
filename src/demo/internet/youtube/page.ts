import { escapeHtml, inlineJson } from '../markup.ts';

const API_KEY = 'AIzaSyLoopbackLoopbackLoopbackLoopback0';
export const PLAYER_PATH = '/s/player/10ba9ba0/player_ias.vflset/en_US/base.js';
const SIGNATURE_TIMESTAMP = 20000;

/** The configuration that every page of YouTube carries. */
const YTCFG = {
  INNERTUBE_API_KEY: API_KEY,
  INNERTUBE_API_VERSION: 'v1',
  INNERTUBE_CLIENT_NAME: 'WEB',
  INNERTUBE_CLIENT_VERSION: '2.20260101.00.00',
  INNERTUBE_CONTEXT: {
    client: {
      clientName: 'WEB',
      clientVersion: '2.20260101.00.00',
      hl: 'en',
      gl: 'US',
      visitorData: 'CgtsbG9vcGJhY2tfXw%3D%3D',
    },
  },
  INNERTUBE_CONTEXT_CLIENT_NAME: 1,
  VISITOR_DATA: 'CgtsbG9vcGJhY2tfXw%3D%3D',
  STS: SIGNATURE_TIMESTAMP,
  PLAYER_JS_URL: PLAYER_PATH,
  LOGGED_IN: false,
};

/** The player program: nothing but the number that clients read from it. */
export const PLAYER_JS = `var _yt_player={};(function(g){g.cfg={signatureTimestamp:${SIGNATURE_TIMESTAMP}};})(_yt_player);\n`;

/** A page of YouTube with its data inline. */
export function youtubePage({
  title,
  data,
}: {
  title: string;
  data: Readonly<Record<string, unknown>>;
}): string {
  const variables = Object.entries(data).map(
    ([name, value]) => `<script>var ${name} = ${inlineJson(value)};</script>`,
  );
  return [
    '<!DOCTYPE html><html lang="en"><head>',
    `<title>${escapeHtml(title)} - YouTube</title>`,
    `<meta property="og:title" content="${escapeHtml(title)}">`,
    `<script>ytcfg.set(${inlineJson(YTCFG)});</script>`,
    '</head><body>',
    ...variables,
    '</body></html>',
  ].join('\n');
}
