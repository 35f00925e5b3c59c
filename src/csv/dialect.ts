/** What separates cells and records. */
export interface RecordDialect {
  readonly delimiter: ',' | ';' | '\t';
  /** How the header ends; with `lf` and `crlf` both are understood everywhere, `cr` is for files of old Macs. */
  readonly lineEnd: 'lf' | 'crlf' | 'cr';
}

/** How a CSV is written. It is found in the header line and never changed. */
export interface Dialect extends RecordDialect {
  /** A UTF-8 byte order mark stands at the beginning. */
  readonly bom: boolean;
}

export const DELIMITERS = [',', ';', '\t'] as const;
