import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findFile, repairDownloads, verifyDownloads } from '../../src/index.ts';
import { afterRun, type Home, type Medium, nameOf, sha256, sidecarNameOf } from './fixtures.ts';

/** Three people, one file each; every content is its own. */
const MEDIA: readonly Medium[] = [
  { rowId: '001', mediaId: 'aaaaaaaaaaa', content: 'the engine' },
  { rowId: '002', mediaId: 'bbbbbbbbbbb', content: 'the hammer, longer' },
  { rowId: '003', mediaId: 'ccccccccccc', content: 'a file of its own', kind: 'file' },
];

const which = fc.nat({ max: MEDIA.length - 1 });
/** What people do to a folder. */
const deed = fc.oneof(
  fc.record({
    do: fc.constantFrom('rename', 'move', 'copy', 'delete', 'sidecar', 'garble', 'move both'),
    n: which,
  }),
  fc.record({ do: fc.constantFrom('ledger', 'rename csv'), n: fc.constant(0) }),
);
type Deed = { readonly do: string; readonly n: number };

/** A world as simple as it can be told: which bytes stand under which names, and which sidecars are whole. */
class Model {
  /** By medium: the places of its bytes, relative to its folder. The first is the one on record. */
  readonly places: Set<string>[] = MEDIA.map((medium) => new Set([nameOf(medium)]));
  readonly sidecar: ('whole' | 'gone' | 'broken' | 'moved')[] = MEDIA.map(() => 'whole');
  hasLedger = true;
  csv: string;

  constructor(csv: string) {
    this.csv = csv;
  }

  isInPlace(n: number): boolean {
    return this.places[n]?.has(nameOf(MEDIA[n] as Medium)) === true;
  }
}

async function act({ do: what, n }: Deed, step: number, home: Home, model: Model): Promise<void> {
  const medium = MEDIA[n] as Medium;
  const folder = medium.kind === 'file' ? home.drive : home.youtube;
  const places = model.places[n] as Set<string>;
  const [some] = [...places];
  const to = (name: string) => join(folder, name);
  const sidecar = to(sidecarNameOf(medium));
  switch (what) {
    case 'rename':
    case 'move': {
      if (some === undefined) return;
      const name = what === 'rename' ? `renamed ${step}.bin` : `sub ${step}/moved.bin`;
      await mkdir(dirname(to(name)), { recursive: true });
      await rename(to(some), to(name));
      places.delete(some);
      places.add(name);
      return;
    }
    case 'copy':
      if (some === undefined) return;
      await copyFile(to(some), to(`copy ${step}.bin`));
      places.add(`copy ${step}.bin`);
      return;
    case 'delete':
      if (some === undefined) return;
      await rm(to(some));
      places.delete(some);
      return;
    case 'sidecar':
      if (model.sidecar[n] !== 'whole') return;
      await rm(sidecar);
      model.sidecar[n] = 'gone';
      return;
    case 'garble':
      if (model.sidecar[n] !== 'whole') return;
      await writeFile(sidecar, '{"half');
      model.sidecar[n] = 'broken';
      return;
    case 'move both': {
      if (some !== nameOf(medium) || places.size > 1 || model.sidecar[n] !== 'whole') return;
      const away = `both ${step}`;
      await mkdir(to(away));
      await rename(to(some), to(join(away, some)));
      await rename(sidecar, to(join(away, sidecarNameOf(medium))));
      places.delete(some);
      places.add(`${away}/${some}`);
      model.sidecar[n] = 'moved';
      return;
    }
    case 'ledger':
      await rm(join(home.folder, '.rowtrail'), { recursive: true, force: true });
      model.hasLedger = false;
      return;
    case 'rename csv': {
      const next = join(home.folder, `people ${step}.csv`);
      await rename(model.csv, next);
      model.csv = next;
      return;
    }
  }
}

/** The bytes of every file below the download folders, by their hash. */
async function bytesIn(home: Home): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const folder of [home.youtube, home.drive])
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const hash = sha256(await readFile(join(entry.parentPath, entry.name)));
      found.set(hash, (found.get(hash) ?? 0) + 1);
    }
  return found;
}

it(
  'find, verify and its repair say after any deeds what a simple model says, and repair deletes nothing',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 6 }), async (deeds) => {
        const home = await afterRun(MEDIA);
        const model = new Model(home.csv);
        for (const [step, each] of deeds.entries()) await act(each, step, home, model);
        const dirs = { youtubeDir: home.youtube, driveDir: home.drive };

        // Known is a medium by the ledger, or by a sidecar that can be read; without both nobody can know its bytes.
        const isKnown = (n: number) => model.hasLedger || ['whole', 'moved'].includes(model.sidecar[n] ?? '');
        for (const [n, medium] of MEDIA.entries())
          for (const place of model.places[n] ?? []) {
            const folder = medium.kind === 'file' ? home.drive : home.youtube;
            const { rows } = await findFile(join(folder, place), { cwd: home.folder });
            const found = rows.map(({ rowId }) => rowId);
            expect(found).toEqual(isKnown(n) ? [medium.rowId] : []);
          }

        const before = await bytesIn(home);
        const seen = await verifyDownloads(model.csv, dirs);
        for (const [n, medium] of MEDIA.entries()) {
          const kinds = seen.findings
            .filter(
              ({ rowId, path }) =>
                rowId === medium.rowId || (path !== null && basename(path) === sidecarNameOf(medium)),
            )
            .map(({ kind }) => kind);
          const isHere = model.isInPlace(n);
          const isElsewhere = (model.places[n]?.size ?? 0) > 0;
          const said = [
            ...(isKnown(n) && !isHere ? [isElsewhere ? 'misnamed_file' : 'missing_file'] : []),
            ...(model.hasLedger && model.sidecar[n] === 'gone' ? ['missing_sidecar'] : []),
            ...(model.hasLedger && model.sidecar[n] === 'broken' ? ['broken_sidecar'] : []),
          ];
          expect(said.filter((kind) => !kinds.some((each) => each === kind))).toEqual([]);
          const isUntouched = isHere && model.sidecar[n] === 'whole';
          expect(isUntouched ? kinds : []).toEqual([]);
        }

        const { steps } = await repairDownloads(model.csv, { ...dirs, apply: true });
        expect(steps.filter(({ problem }) => problem !== null)).toEqual([]);
        const after = await bytesIn(home);
        for (const [hash, count] of before) expect(after.get(hash) ?? 0).toBeGreaterThanOrEqual(count);
        for (const [n, medium] of MEDIA.entries()) {
          if (!isKnown(n) || (model.places[n]?.size ?? 0) === 0) continue;
          const folder = medium.kind === 'file' ? home.drive : home.youtube;
          expect(await readFile(join(folder, nameOf(medium)), 'utf8')).toBe(medium.content);
        }
        const again = await verifyDownloads(model.csv, dirs);
        expect(again.findings.filter(({ repair }) => repair !== null)).toEqual([]);
      }),
      { numRuns: Number(process.env['ROWTRAIL_ROUND_TRIPS'] ?? 25) },
    );
  },
);
