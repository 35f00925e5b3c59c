import { COLUMN_KEYS, type ColumnMapping } from './column-mapping.ts';
import type { Layout } from './layout.ts';

/** Names that say which host a link column leads to. */
const NAMING_HOST = {
  youtube: [
    ...['youtubeplaylist', 'youtube', 'youtubeurl', 'youtubeurls', 'youtubelink', 'youtubelinks'],
    ...['youtubevideo', 'youtubevideos', 'youtubeplaylists', 'yt', 'yturl', 'ytlink', 'ytlinks'],
  ],
  drive: [
    ...['googledrive', 'drive', 'gdrive', 'driveurl', 'driveurls', 'drivelink', 'drivelinks'],
    ...['drivefolder', 'drivefolders', 'drivefolderurl', 'drivefolderlink', 'drivefile', 'drivefiles'],
    ...['googledriveurl', 'googledrivelink', 'googledrivelinks', 'googledrivefolder', 'googledrivefile'],
    ...['gdriveurl', 'gdrivelink', 'gdrivefolder'],
  ],
};

/** Names under which other sheets keep the same thing, likeliest first; compared without case, spaces and punctuation. */
const SYNONYMS: Readonly<Record<keyof ColumnMapping, readonly string[]>> = {
  rowId: [
    'rowid',
    'id',
    'row',
    'rownumber',
    'rowno',
    'rownr',
    'nr',
    'no',
    'num',
    'number',
    'key',
    'index',
    'personid',
  ],
  name: ['name', 'fullname', 'displayname', 'personname', 'person', 'participant', 'participantname'],
  email: ['email', 'emailaddress', 'mail', 'mailaddress', 'emails'],
  type: ['type', 'personalitytype', 'personality', 'typ', 'mbti', 'category', 'kind'],
  youtube: [
    ...NAMING_HOST.youtube,
    ...['playlist', 'playlisturl', 'video', 'videos', 'videourl', 'videolink', 'videolinks'],
  ],
  drive: [...NAMING_HOST.drive, 'file', 'files', 'fileurl', 'filelink'],
};

const SHOWN_NAMES = 12;
const SHOWN_CHARACTERS = 40;

/**
 * A mapping for columns that the header lacks, as far as its names suggest one. A column that already stands for
 * something is not proposed again. Beside a link column the other one must say its host: `files` may be anything there.
 */
export function proposeColumns(
  layout: Layout,
  wanted: readonly (keyof ColumnMapping)[],
): Partial<Record<keyof ColumnMapping, string>> {
  const hasLink = layout.youtube >= 0 || layout.drive >= 0;
  const synonyms = hasLink ? { ...SYNONYMS, ...NAMING_HOST } : SYNONYMS;
  const used = new Set([layout.rowId, layout.name, layout.email, layout.type, layout.youtube, layout.drive]);
  const plain = layout.header.map(plainName);
  const proposal: Partial<Record<keyof ColumnMapping, string>> = {};
  for (const column of wanted) {
    for (const synonym of synonyms[column]) {
      const at = plain.findIndex((name, position) => name === synonym && !used.has(position));
      const name = layout.header[at];
      if (name === undefined) continue;
      used.add(at);
      proposal[column] = name;
      break;
    }
  }
  return proposal;
}

/** Names that can hardly mean anything but a row's type; a sheet's `kind` or `category` often means something else. */
const SURELY_TYPES: ReadonlySet<string> = new Set(
  SYNONYMS.type.filter((name) => !['category', 'kind'].includes(name)),
);

/**
 * A sentence on the required columns that the header lacks, with a mapping to paste where its names suggest one; null
 * when row_id and at least one link column are there. A sheet may have no type column; where one stands under another name, it is
 * asked for, since the names of files say the type.
 */
export function describeMissingColumns(layout: Layout, columns: ColumnMapping): string | null {
  const noLink = layout.youtube < 0 && layout.drive < 0;
  const wanted: (keyof ColumnMapping)[] = [];
  if (layout.rowId < 0) wanted.push('rowId');
  if (layout.type < 0 && (layout.rowId < 0 || noLink || hasTypeByAnotherName(layout))) wanted.push('type');
  if (noLink) wanted.push('youtube', 'drive');
  if (wanted.length === 0) return null;

  const missing = [
    ...(layout.rowId < 0 ? [`no column \`${columns.rowId}\``] : []),
    ...(wanted.includes('type') ? [`no column \`${columns.type}\``] : []),
    ...(noLink ? [`no link column (\`${columns.youtube}\` or \`${columns.drive}\`)`] : []),
  ].join(', ');
  const proposal = proposeColumns(layout, wanted);
  const proposed = wanted.filter((column) => proposal[column] !== undefined);
  if (proposed.length === 0) {
    const key = COLUMN_KEYS[wanted[0] ?? 'rowId'];
    return `${missing}; the header has ${shownNames(layout.header)}. Name the column to use in rowtrail.config.yaml: \`columns: {${key}: NAME}\`.`;
  }
  const questions = proposed.map(
    (column) => `\`${shown(proposal[column] ?? '')}\` for ${COLUMN_KEYS[column]}`,
  );
  const mapping = proposed.map((column) => `${COLUMN_KEYS[column]}: ${yamlText(proposal[column] ?? '')}`);
  return `${missing}; did you mean ${questions.join(' and ')}? Put \`columns: {${mapping.join(', ')}}\` into rowtrail.config.yaml.`;
}

function hasTypeByAnotherName(layout: Layout): boolean {
  return layout.header.some((name) => SURELY_TYPES.has(plainName(name)));
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function shownNames(header: readonly string[]): string {
  const names = header.slice(0, SHOWN_NAMES).map((name) => `\`${shown(name)}\``);
  const more = header.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A foreign text on one line: no control characters, not longer than a glance. */
export function shown(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

function yamlText(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name);
}
