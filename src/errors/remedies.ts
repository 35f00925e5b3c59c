/** What mends a group of causes, whoever has to do it. */
export interface RemedyFacts {
  /** What to do, as the heading of a list of rows. */
  readonly title: string;
  /** A sentence to send to the row's person; null where they can do nothing. It names nobody. */
  readonly message: string | null;
  /** What to type, in this order, once it is mended; CSV, ROW_ID, FILE and URL stand for the user's own. */
  readonly commands: readonly string[];
}

const RUN = 'rowtrail run CSV';
const RESET = 'rowtrail reset CSV ROW_ID';
const DOCTOR = 'rowtrail doctor';

/** The one table of remedies. Each cause belongs to one of them. */
export const REMEDIES = {
  run_again: { title: 'Run again', message: null, commands: [RUN] },
  network: { title: 'Check the connection, then run again', message: null, commands: [DOCTOR, RUN] },
  trust_certificate: {
    title: 'Trust the certificate of your network',
    message: null,
    commands: [`${RUN} --ca-cert FILE`],
  },
  wait: { title: 'Wait, then run again', message: null, commands: [RUN] },
  owner_must_share: {
    title: 'Ask the owner to share it',
    message:
      'What your link leads to is not shared with us: please set it to "anyone with the link" (on YouTube "unlisted" or "public") and tell us.',
    commands: [RESET, RUN],
  },
  ask_for_copy: {
    title: 'Ask for a copy',
    message:
      'What your link leads to cannot be downloaded as it is: please allow downloading, or send a link to a copy.',
    commands: [RESET, RUN],
  },
  cookies_needed: {
    title: 'Give the cookies of a browser that is signed in',
    message: null,
    commands: [RESET, `${RUN} --cookies FILE`],
  },
  cookies_again: {
    title: 'Export the cookies again from a browser that is signed in',
    message: null,
    commands: [`${RUN} --cookies FILE`],
  },
  credentials: {
    title: 'Correct the key or the credentials for Google Drive',
    message: null,
    commands: [DOCTOR, RUN],
  },
  other_country: {
    title: 'Use a proxy in another country',
    message: null,
    commands: [RESET, `${RUN} --proxy URL`],
  },
  gone_for_good: {
    title: 'Ask for another link: this one leads nowhere',
    message: 'Nothing is there under the link that you gave us: please send another one.',
    commands: [RUN],
  },
  link_malformed: {
    title: 'Correct the link in the CSV',
    message:
      'The link that you gave us leads to no YouTube video or Google Drive file: please send the right one.',
    commands: [RUN],
  },
  fix_csv: {
    title: 'Correct the CSV',
    message: null,
    commands: ['rowtrail error-handling --validate-csv CSV', RUN],
  },
  close_csv: { title: 'Close the CSV in Excel, then run again', message: null, commands: [RUN] },
  update_ytdlp: { title: 'Update yt-dlp', message: null, commands: [DOCTOR, RUN] },
  update_rowtrail: { title: 'Update rowtrail', message: null, commands: [] },
  machine: { title: 'Mend this machine: disk, permissions, tools', message: null, commands: [DOCTOR, RUN] },
  storage: {
    title: 'Mend the object storage: address, keys, permissions',
    message: null,
    commands: [DOCTOR, RUN],
  },
  report: {
    title: 'Look at the details, and report it if it stays',
    message: null,
    commands: [`${RUN} --verbose`],
  },
  read_help: { title: 'Correct the command', message: null, commands: ['rowtrail --help'] },
  nothing: { title: 'Nothing to do', message: null, commands: [] },
} as const satisfies Record<string, RemedyFacts>;

export type Remedy = keyof typeof REMEDIES;
