/**
 * A disk with a cache in front of it, as POSIX allows it to be. Until a file is synced, each write into it may be lost,
 * reach the disk in part, leave zeros where its bytes should be, or be overtaken by later ones. Until a folder is synced, each name
 * that was made, moved or removed may be lost or overtaken, also by what was written into the file; a rename by itself is
 * one step.
 */

export type DiskOperation =
  | { readonly kind: 'create'; readonly name: string; readonly file: number }
  | { readonly kind: 'write'; readonly file: number; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'mode'; readonly file: number; readonly mode: number }
  | { readonly kind: 'syncFile'; readonly file: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly name: string }
  | { readonly kind: 'syncFolder' };

export interface DiskFile {
  readonly bytes: Buffer;
  readonly mode: number;
}

/** The files of one folder by name. */
export type Folder = ReadonlyMap<string, DiskFile>;

export interface StateLimit {
  /** Where there are more states for one state of the names, so many are drawn. */
  readonly contents: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Everything that may stand on the disk when the power goes after these operations, each state once.
 * @param before what stood there, durable
 */
export function* crashStates(
  before: Folder,
  operations: readonly DiskOperation[],
  limit: StateLimit,
): Generator<Folder> {
  const cache = new Cache(before);
  for (const operation of operations) cache.take(operation);
  const seen = new Set<string>();
  for (const names of cache.possibleNames()) {
    for (const folder of cache.possibleContents(names, limit)) {
      const key = keyOf(folder);
      if (seen.has(key)) continue;
      seen.add(key);
      yield folder;
    }
  }
}

export function keyOf(folder: Folder): string {
  const files = Array.from(folder, ([name, { bytes, mode }]) => [name, mode, bytes.toString('latin1')]);
  return JSON.stringify(files.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)));
}

type Names = ReadonlyMap<string, number>;
type Write = Extract<DiskOperation, { kind: 'write' }>;

interface NameChange {
  readonly removed: string | null;
  readonly set: readonly [name: string, file: number] | null;
}

interface CachedFile {
  durable: DiskFile;
  writes: Write[];
  modes: number[];
}

const FATES = ['lost', 'written', 'first half', 'second half', 'zeros'] as const;

class Cache {
  readonly #files = new Map<number, CachedFile>();
  #names = new Map<string, number>();
  /** As programs see them. */
  readonly #live: Map<string, number>;
  #changes: NameChange[] = [];

  constructor(before: Folder) {
    for (const [name, durable] of before) {
      const file = -1 - this.#files.size;
      this.#files.set(file, { durable, writes: [], modes: [] });
      this.#names.set(name, file);
    }
    this.#live = new Map(this.#names);
  }

  take(operation: DiskOperation): void {
    switch (operation.kind) {
      case 'create':
        this.#files.set(operation.file, {
          durable: { bytes: Buffer.alloc(0), mode: 0o600 },
          writes: [],
          modes: [],
        });
        return this.#change({ removed: null, set: [operation.name, operation.file] });
      case 'write':
        return this.#write(operation);
      case 'mode':
        return void this.#file(operation.file).modes.push(operation.mode);
      case 'syncFile':
        return this.#sync(this.#file(operation.file));
      case 'rename': {
        const file = this.#live.get(operation.from);
        if (file === undefined) throw new Error(`${operation.from} is not there to be renamed`);
        return this.#change({ removed: operation.from, set: [operation.to, file] });
      }
      case 'unlink':
        return this.#change({ removed: operation.name, set: null });
      case 'syncFolder':
        this.#names = new Map(this.#live);
        this.#changes = [];
    }
  }

  /** The names after any of the changes that are not durable, in any order. */
  *possibleNames(): Generator<Names> {
    const seen = new Set<string>();
    for (const changes of orderedSubsets(this.#changes)) {
      const names = new Map(this.#names);
      for (const change of changes) applyTo(names, change);
      const key = JSON.stringify(Array.from(names).toSorted(([one], [other]) => (one < other ? -1 : 1)));
      if (seen.has(key)) continue;
      seen.add(key);
      yield names;
    }
  }

  /** What may stand in the files that have a name. */
  *possibleContents(names: Names, { contents, random }: StateLimit): Generator<Folder> {
    const files = Array.from(new Set(names.values()));
    const radices = files.flatMap((file) => {
      const { writes, modes } = this.#file(file);
      return [...writes.map(() => FATES.length), modes.length + 1];
    });
    for (const choices of drawn(radices, contents, random)) {
      const order = choices.values();
      const states = new Map(files.map((file) => [file, contentOf(this.#file(file), order)]));
      yield new Map(Array.from(names, ([name, file]) => [name, states.get(file) ?? NOTHING]));
    }
  }

  #change(change: NameChange): void {
    applyTo(this.#live, change);
    this.#changes.push(change);
  }

  #write(write: Write): void {
    const { writes } = this.#file(write.file);
    const end = write.position + write.bytes.length;
    // Were there any, their order would matter, too.
    if (writes.some((other) => other.position < end && write.position < other.position + other.bytes.length))
      throw new Error('writes overlap; the model does not know that');
    writes.push(write);
  }

  #sync(file: CachedFile): void {
    const everything = file.writes.map(() => FATES.indexOf('written'));
    file.durable = contentOf(file, [...everything, file.modes.length].values());
    file.writes = [];
    file.modes = [];
  }

  #file(number: number): CachedFile {
    const file = this.#files.get(number);
    if (file === undefined) throw new Error(`there is no file ${number}`);
    return file;
  }
}

const NOTHING: DiskFile = { bytes: Buffer.alloc(0), mode: 0 };

function applyTo(names: Map<string, number>, { removed, set }: NameChange): void {
  if (removed !== null) names.delete(removed);
  if (set !== null) names.set(...set);
}

/** @param choices a fate for each write, then how many of the modes were set */
function contentOf({ durable, writes, modes }: CachedFile, choices: Iterator<number>): DiskFile {
  let { bytes } = durable;
  for (const write of writes) {
    const fate = FATES[taken(choices)];
    if (fate === 'lost' || fate === undefined) continue;
    const size = write.bytes.length;
    const from = fate === 'second half' ? size >> 1 : 0;
    const to = fate === 'first half' ? size >> 1 : size;
    const grown = Buffer.alloc(Math.max(bytes.length, write.position + to));
    bytes.copy(grown);
    if (fate !== 'zeros') write.bytes.copy(grown, write.position + from, from, to);
    bytes = grown;
  }
  const modesSet = taken(choices);
  return { bytes, mode: modes[modesSet - 1] ?? durable.mode };
}

function taken(choices: Iterator<number>): number {
  const { value, done } = choices.next();
  return done === true ? 0 : value;
}

/** Every combination of choices, or as many drawn ones as the limit says; the plain ones come first. */
function* drawn(radices: readonly number[], limit: number, random: () => number): Generator<number[]> {
  const total = radices.reduce((product, radix) => product * radix, 1);
  if (total > limit) {
    const plain = Math.min(limit, FATES.length);
    for (let choice = 0; choice < plain; choice++) yield radices.map((radix) => Math.min(choice, radix - 1));
    for (let count = plain; count < limit; count++)
      yield radices.map((radix) => Math.floor(random() * radix));
    return;
  }
  for (let number = 0; number < total; number++) {
    let rest = number;
    yield radices.map((radix) => {
      const choice = rest % radix;
      rest = Math.floor(rest / radix);
      return choice;
    });
  }
}

function* orderedSubsets<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  yield [];
  for (const [at, item] of items.entries())
    for (const others of orderedSubsets(items.toSpliced(at, 1))) yield [item, ...others];
}
