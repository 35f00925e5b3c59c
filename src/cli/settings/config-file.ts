import { readFile } from 'node:fs/promises';
import { RowtrailError } from '../../index.ts';

/** The file in the working directory that settings are read from. */
export const CONFIG_FILE = 'rowtrail.config.yaml';

/** Lines and columns count from 1. */
export interface ConfigPlace {
  readonly line: number;
  readonly column: number;
}

/** What the file says, and where it says it. */
export interface ConfigFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where a value stands, or its key; the nearest thing around it that has a place. */
  readonly placeOf: (path: readonly PropertyKey[], what: 'key' | 'value') => ConfigPlace | null;
}

const NOTHING: ConfigFile = { values: {}, placeOf: () => null };

/**
 * The configuration file; one that is not there says nothing.
 * @throws RowtrailError `usage` with the place of what is no YAML, or no settings
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NOTHING;
    throw new RowtrailError('usage', 'the settings cannot be read', { file: CONFIG_FILE, error });
  }
  // Loaded where there is a file: it takes 14 ms and a megabyte, and most folders have none.
  const { isMap, isNode, isScalar, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    const [sentence = ''] = mistake.message.split(/ at line \d|\n/);
    const { line, col: column } = lines.linePos(mistake.pos[0]);
    throw new RowtrailError('usage', `not valid YAML: ${sentence}`, { file: CONFIG_FILE, line, column });
  }
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new RowtrailError('usage', 'expected lines such as `max_youtube: 20`', { file: CONFIG_FILE });
  const placeAt = (offset: number | undefined): ConfigPlace | null => {
    if (offset === undefined) return null;
    const { line, col: column } = lines.linePos(offset);
    return { line, column };
  };
  const startOf = (path: readonly PropertyKey[], what: 'key' | 'value'): number | undefined => {
    const parent = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (what === 'key' && isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
      if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0];
    }
    const node = document.getIn(path, true);
    return isNode(node) ? node.range?.[0] : undefined;
  };
  return {
    // A value that is left empty is one that is not set.
    values: Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null)),
    placeOf: (path, what) => {
      for (let length = path.length; length > 0; length--) {
        const start = startOf(path.slice(0, length), what);
        if (start !== undefined) return placeAt(start);
      }
      return null;
    },
  };
}
