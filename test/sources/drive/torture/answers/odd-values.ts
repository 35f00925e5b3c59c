/** What hosts put in the places of an answer, and what nobody should. */

export const STATUSES = [
  ...[204, 205, 299, 300, 304, 400, 401, 402, 403, 404, 405, 408, 410, 416, 418, 425, 429, 451],
  ...[500, 501, 502, 503, 504, 507, 520, 599, 600, 999],
] as const;
export const RETRY_AFTER = [
  '1',
  '0',
  '-1',
  '99999999999999999999',
  'Wed, 21 Oct 2065 07:28:00 GMT',
  'soon',
  '',
] as const;
export const DISPOSITIONS = [
  'attachment',
  'attachment; filename="a.bin"',
  'attachment; filename="../../../a.bin"',
  "attachment; filename*=UTF-8''%2e%2e%2fa%00b.bin",
  `attachment; filename="${'long '.repeat(400)}.bin"`,
  'inline; filename=CON.txt',
  'attachment; filename="_metadata.json"',
  'attachment; filename=".rowtrail-staging"',
  'filename="no end',
  'attachment; filename="\u00c3\u00a9\u00ff\u00fe.bin"',
  ';;;=;',
] as const;
export const TYPES = [
  'text/html',
  'text/plain',
  'application/octet-stream; x',
  '',
  'multipart/mixed',
  '\u00ff',
] as const;
export const PAGES = [
  '<!doctype html><html><head><title>Welcome</title></head><body>Hotel wifi</body></html>',
  '<html><body><form id="download-form" action="javascript:alert(1)"></form></body></html>',
  '<html><head><title>Quota exceeded</title></head></html>',
] as const;
export const INTERIM = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
  'HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
  'HTTP/1.1 200\r\n',
  '\r\n\r\n',
] as const;
export const ENCODINGS = [
  'gzip, chunked',
  'chunked, gzip',
  'x-chunked',
  'gzip',
  'identity',
  'chunked, chunked',
] as const;
export const RANGES = [
  'bytes */*',
  'bytes 5',
  '',
  'items 0-1/2',
  'bytes 9-3/10',
  'bytes 0-0/99999999999999999999',
] as const;
