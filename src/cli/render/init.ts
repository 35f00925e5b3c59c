import { type ErrorContext, ErrorSeverity } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { table } from './table.ts';
import { counted, shellWord } from './words.ts';
import { brief, wrapCommand, wrapText } from './wrap.ts';

/** What was found at a first CSV, and what was done about it. */
export interface FirstLook {
  readonly csv: string;
  /** Rows that were given a row_id in a copy; null where none was made. */
  readonly numberedRows: number | null;
  readonly header: readonly string[];
  /** Header names by key of the configuration, proposed ones included. */
  readonly columns: Readonly<Record<string, string>>;
  /** Those that stand in no configuration yet. */
  readonly proposed: Readonly<Record<string, string>>;
  readonly lacking: readonly ('row_id' | 'link')[];
  readonly written: boolean;
  readonly problems: readonly ErrorContext[];
  readonly ready: boolean;
}

const KEYS = {
  row_id: 'who a row is',
  type: 'what must never change',
  youtube: 'YouTube links',
  drive: 'Drive links',
  name: 'name',
  email: 'e-mail',
} as const;
const SHOWN_NAMES = 12;
const SHOWN_PROBLEMS = 10;
const MAX_NAME = 60;
const MAX_MESSAGE = 300;

/** @param given the CSV as it was typed */
export async function renderInit(look: FirstLook, given: string, terminal: Terminal): Promise<string> {
  const { out, width } = terminal;
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  const csv = shellWord(look.csv);
  const rows = Object.entries(KEYS).map(([key, meaning]) => [
    key,
    meaning,
    look.columns[key] ?? '-',
    look.proposed[key] === undefined ? '' : look.written ? 'written' : 'proposed',
  ]);
  return [
    `${out.bold(safe(look.csv))}: ${counted(look.header.length, 'column')}`,
    ...(look.numberedRows === null
      ? []
      : [line(`${counted(look.numberedRows, 'row')} numbered; ${safe(given)} is as it was.`)]),
    '',
    table([{ title: 'key' }, { title: 'stands for' }, { title: 'column' }, { title: '' }], rows, {
      head: out.dim,
      width: width.out,
    }),
    ...(await proposalLines(look, given, terminal)),
    ...lackingLines(look, given, terminal),
    ...problemLines(look.problems, terminal),
    '',
    look.ready ? line(`${out.dim('Next:')} rowtrail plan ${safe(csv)}`) : line('Not ready yet: see above.'),
  ].join('\n');
}

async function proposalLines(
  { proposed, written }: FirstLook,
  given: string,
  { out, width }: Terminal,
): Promise<string[]> {
  if (Object.keys(proposed).length === 0) return [];
  if (written) return ['', wrapText('Written into rowtrail.config.yaml.', { width: width.out })];
  const { stringify } = await import('yaml');
  const yaml = stringify({ columns: proposed }, { lineWidth: 0 }).trimEnd().split('\n');
  return [
    '',
    wrapText('If these are right, put them into rowtrail.config.yaml:', { width: width.out }),
    ...yaml.map((text) => `  ${safe(text)}`),
    `or: ${out.bold(wrapCommand(`rowtrail init ${safe(shellWord(given))} --write`, width.out))}`,
  ];
}

function lackingLines({ lacking, header }: FirstLook, given: string, { width }: Terminal): string[] {
  const line = (text: string) => wrapText(text, { width: width.out, indent: '  ' });
  const shown = header.slice(0, SHOWN_NAMES).map((name) => brief(name, MAX_NAME));
  const more = header.length - shown.length;
  return [
    ...(lacking.includes('row_id')
      ? [
          '',
          line('No column says who a row is. A copy with a row_id column in front:'),
          wrapCommand(`  rowtrail init ${safe(shellWord(given))} --add-row-ids`, width.out),
        ]
      : []),
    ...(lacking.includes('link')
      ? [
          '',
          line(
            `No column was found for youtube or drive. Name it in rowtrail.config.yaml, such as columns: {youtube: NAME}. The header has ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
          ),
        ]
      : []),
  ];
}

function problemLines(problems: readonly ErrorContext[], { out, width }: Terminal): string[] {
  if (problems.length === 0) return [];
  const gravest = problems.toSorted((one, other) => rank(one) - rank(other)).slice(0, SHOWN_PROBLEMS);
  const more = problems.length - gravest.length;
  return [
    '',
    ...gravest.map(({ severity, message }) =>
      wrapText(`${out.yellow(severity)} ${brief(message, MAX_MESSAGE)}`, { width: width.out, indent: '  ' }),
    ),
    ...(more > 0 ? [`and ${more} more: rowtrail error-handling --validate-csv`] : []),
  ];
}

function rank({ severity }: ErrorContext): number {
  return [ErrorSeverity.CRITICAL, ErrorSeverity.ERROR, ErrorSeverity.WARNING, ErrorSeverity.INFO].indexOf(
    severity,
  );
}
