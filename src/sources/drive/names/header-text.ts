/** What a host sent in a header, as Node gives it (its bytes as Latin-1 characters): Drive and others send plain UTF-8. */
export function asUtf8(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : latin1;
}
