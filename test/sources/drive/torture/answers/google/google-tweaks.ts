import { gzipSync } from 'node:zlib';
import { googleReason } from '../../../../../../src/errors/index.ts';
import type { Draft } from '../draft.ts';
import { apply, TWEAK_NAMES, type TweakName } from '../tweaks.ts';
import {
  ENTRIES,
  ERROR_STATUSES,
  FIELDS,
  INTERSTITIALS,
  ODD_JSON,
  ODD_VALUES,
  PAGE_DISPOSITIONS,
  PAGE_STATUSES,
  PAGE_TYPES,
  PLACES,
  REASONS,
} from './google-values.ts';
import { FILE_IDS, FOLDER_ID, md5Of, otherAnswer, redirectAnswer, SHORTCUT_ID } from './world.ts';

/** An answer of Google's, and what it lets a client give up for besides what its status says. */
export interface GoogleDraft {
  draft: Draft;
  /** By each thing that is wrong with it; null where its status decides. */
  readonly finals: (readonly string[] | null)[];
  /** Whether it publishes another checksum or size than that of the file. */
  isWrong: boolean;
  /** Whether it leaves out what the API otherwise publishes, so that less can be checked. */
  isVague: boolean;
}

/** Takes numbers out of one, so that each choice is free of the others. */
class Choice {
  #left: number;
  constructor(arg: number) {
    this.#left = arg;
  }
  of<T>(options: readonly T[]): T {
    const at = this.#left % options.length;
    this.#left = Math.floor(this.#left / options.length);
    return options[at] as T;
  }
}

const isList = ({ asked }: Draft) => asked.path.includes('q=');
const isJson = ({ headers, status }: Draft) =>
  status === 200 && (headers.get('content-type')?.[0] ?? '').startsWith('application/json');

function page(answer: GoogleDraft, status: number, type: string, html: string | Buffer): void {
  answer.draft = otherAnswer(answer.draft.asked, status, type, html);
}

/** Null for what something else has spoilt already. */
function parsed(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown> | null)
      : null;
  } catch {
    return null;
  }
}

/** Gives an answer of JSON another value. */
function rewrite(answer: GoogleDraft, change: (value: Record<string, unknown>) => unknown): void {
  const { draft } = answer;
  if (!isJson(draft)) return;
  const told = parsed(draft.body);
  if (told === null) return;
  const value = change(told);
  answer.draft = otherAnswer(draft.asked, 200, 'application/json', JSON.stringify(value));
  answer.isVague = true;
}

const TWEAKS = {
  interstitial: (answer, choice) => {
    const { html, finals } = choice.of(INTERSTITIALS);
    const status = choice.of(PAGE_STATUSES);
    const disposition = choice.of(PAGE_DISPOSITIONS);
    page(answer, status, choice.of(PAGE_TYPES), html);
    answer.finals.push(finals);
    const { draft } = answer;
    if (disposition !== '') draft.headers.set('content-disposition', [disposition]);
    if (choice.of([0, 0, 1]) === 1) {
      draft.body = gzipSync(draft.body);
      draft.headers.set('content-encoding', ['gzip']).set('content-length', [String(draft.body.length)]);
    }
    if (choice.of([0, 0, 0, 1]) === 1) apply(draft, 'cut', 500);
  },
  'led away': (answer, choice) => {
    const place = choice.of(PLACES);
    answer.draft = redirectAnswer(answer.draft.asked, choice.of([302, 303, 307]), place);
    if (place.includes('ServiceLogin')) answer.finals.push(['not_shared']);
    if (place.includes('127.0.0.1')) answer.finals.push(['private_address']);
  },
  'endless page': (answer, choice) => {
    page(answer, choice.of([200, 403, 503, 429]), 'text/html', Buffer.alloc(3 << 20, '<p>and so on</p>'));
    answer.draft.headers.delete('content-length');
    answer.draft.end = 'closed';
    // In place of a redirect to where it may end for good, its status may do so as well.
    answer.finals.push(null);
  },
  'odd form': (answer, choice) => {
    const { path, host } = answer.draft.asked;
    const self = `https://${host}${path}`.replaceAll('&', '&amp;');
    const places = [
      '',
      'action=""',
      'action="javascript:alert(1)"',
      'action="https://example.org/download"',
      `action="${self}"`,
      'action="/download"',
      'action="https://["',
      'action="//drive.usercontent.google.com.example.org/"',
      'action="http://drive.usercontent.google.com/download"',
    ];
    const fields = [
      '',
      '<input type="hidden" name="confirm" value="t">',
      '<input name="" value="x"><input name="id">',
      `<input name="id" value="unknown-0123456789">`,
      '<input name="a&amp;b" value="\u0000">'.repeat(200),
    ];
    page(
      answer,
      200,
      'text/html',
      `<html><form id="download-form" ${choice.of(places)} method="get">${choice.of(fields)}</form></html>`,
    );
  },
  'api error': (answer, choice) => {
    const reason = choice.of(REASONS);
    const told = choice.of(ERROR_STATUSES);
    // Where bytes were asked for, an error that calls itself a success could be a file of JSON.
    const status = told === 200 && !isJson(answer.draft) ? 403 : told;
    const shape = choice.of(['errors', 'details', 'both', 'string']);
    const parts = [{ reason, domain: 'global', message: 'no' }];
    const error =
      shape === 'string'
        ? reason
        : {
            ...{ code: status, message: 'no' },
            ...(shape === 'details' ? {} : { errors: parts }),
            ...(shape === 'errors' ? {} : { details: parts, status: 'PERMISSION_DENIED' }),
          };
    page(answer, status, 'application/json', JSON.stringify({ error }));
    const known = shape === 'string' ? null : googleReason(reason);
    answer.finals.push(known === null ? null : [known.cause]);
    if (choice.of([0, 0, 0, 1]) === 1) answer.draft.headers.set('retry-after', ['7']);
  },
  'odd json': (answer, choice) => {
    if (isJson(answer.draft))
      page(answer, 200, choice.of(['application/json', 'text/html', '']), choice.of(ODD_JSON));
  },
  'json cut': (answer, choice) => {
    if (!isJson(answer.draft)) return;
    const { draft } = answer;
    draft.body = draft.body.subarray(0, Math.floor((draft.body.length * choice.of([1, 3, 5, 9])) / 10));
    draft.headers.set('content-length', [String(draft.body.length)]);
  },
  'field missing': (answer, choice) => {
    const field = choice.of(FIELDS);
    rewrite(answer, (value) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== field)));
  },
  'field odd': (answer, choice) => {
    const field = choice.of(FIELDS);
    const odd = choice.of(ODD_VALUES);
    rewrite(answer, (value) => ({ ...value, [field]: odd }));
  },
  'other md5': (answer) => {
    rewrite(answer, (value) => ({ ...value, md5Checksum: md5Of(Buffer.from('x')) }));
    answer.isWrong = true;
  },
  'other size': (answer, choice) => {
    rewrite(answer, (value) => ({ ...value, size: choice.of(['0', '1', '699', '999999999999999']) }));
    answer.isWrong = true;
  },
  'other id': (answer, choice) =>
    rewrite(answer, (value) => ({ ...value, id: choice.of(['unknown-0123456789', ...FILE_IDS]) })),
  'other kind': (answer, choice) => {
    const kind = choice.of(['form', 'folder', 'document', 'shortcut', 'unknown', 'spreadsheet']);
    rewrite(answer, (value) => ({ ...value, mimeType: `application/vnd.google-apps.${kind}` }));
    answer.finals.push(['unsupported_link', 'not_found']);
  },
  'other shortcut': (answer, choice) => {
    const targetId = choice.of([SHORTCUT_ID, FILE_IDS[0], FOLDER_ID, 'unknown-0123456789', '../x']);
    rewrite(answer, (value) => ({
      ...value,
      shortcutDetails: {
        targetId,
        targetMimeType: choice.of([
          '',
          'application/vnd.google-apps.folder',
          'application/vnd.google-apps.shortcut',
          'video/mp4',
        ]),
      },
    }));
    answer.finals.push(['unsupported_link', 'not_found']);
  },
  'may not': (answer) => {
    rewrite(answer, (value) => ({ ...value, capabilities: { canDownload: false } }));
    answer.finals.push(['download_disabled']);
  },
  'list ends never': (answer, choice) => {
    if (isList(answer.draft))
      rewrite(answer, (value) => ({ ...value, nextPageToken: choice.of(['t0', 't1', 't2']) }));
  },
  'other entries': (answer, choice) => {
    if (!isList(answer.draft)) return;
    rewrite(answer, (value) => {
      const entries = value.files as unknown[];
      const entry = choice.of(ENTRIES);
      return {
        ...value,
        files: choice.of([
          [],
          [...entries, ...entries],
          [entry, ...entries],
          [
            ...entries,
            ...Array.from({ length: 2000 }, (_, n) => ({
              id: `form-${n}`,
              mimeType: 'application/vnd.google-apps.form',
            })),
          ],
        ]),
      };
    });
    answer.finals.push(['unsupported_link', 'not_found']);
  },
} satisfies Record<string, (answer: GoogleDraft, choice: Choice) => void>;

export type GoogleTweakName = keyof typeof TWEAKS | TweakName;
export const GOOGLE_TWEAK_NAMES = Object.keys(TWEAKS) as readonly (keyof typeof TWEAKS)[];
/** Those of any host; left out is what is said above in Google's way, and an answer behind the answer, which nobody can tell from the next one. */
export const HTTP_TWEAK_NAMES = TWEAK_NAMES.filter(
  (name) => !['redirect', 'page', 'more behind'].includes(name),
);

export function applyGoogle(answer: GoogleDraft, name: GoogleTweakName, arg: number): void {
  if (name in TWEAKS) TWEAKS[name as keyof typeof TWEAKS](answer, new Choice(arg));
  else {
    const { draft } = answer;
    const { isFile, body } = draft;
    apply(draft, name as TweakName, arg % 1000);
    if (!isFile) draft.isFile = false;
    if (draft.body !== body && !draft.isFile) answer.finals.push(null);
  }
}
