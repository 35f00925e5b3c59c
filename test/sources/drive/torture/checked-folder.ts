import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readCells } from '../../../tracker/fixtures.ts';
import { contentOf, type HostileFile, sha256Of } from './hostile-file.ts';

/** What stands in a download folder under its own name, each time it was looked at. */
export class CheckedFolder {
  readonly #out: string;
  readonly #files: readonly HostileFile[];
  /** By name: the file that was looked at, and its hash. */
  readonly #proven = new Map<string, { readonly mark: string; readonly sha256: string }>();

  constructor(out: string, files: readonly HostileFile[]) {
    this.#out = out;
    this.#files = files;
  }

  /**
   * Every file that has its name is whole, is one of the versions that its host gave out, and has the hash that its sidecar says.
   * What the CSV calls completed is there.
   * @throws AssertionError
   */
  async check(csv: string): Promise<void> {
    const names: readonly string[] = await readdir(this.#out).catch(() => []);
    for (const name of names.filter((found) => found.endsWith('.bin'))) await this.#checkFile(name);
    for (const row of await readCells(csv)) {
      const { row_id: rowId, drive_status: status, drive_files: file = '' } = row;
      if (status !== 'completed') continue;
      assert.ok(this.#proven.has(file) && names.includes(file), `${rowId} is completed without ${file}`);
    }
  }

  /** What was stored of a file. */
  hashesOf(number: number): readonly string[] {
    return [...this.#proven].flatMap(([name, { sha256 }]) => (numberOf(name) === number ? [sha256] : []));
  }

  async #checkFile(name: string): Promise<void> {
    const path = join(this.#out, name);
    const { ino, mtimeMs, size } = await stat(path);
    const mark = [ino, mtimeMs, size].join(' ');
    if (this.#proven.get(name)?.mark === mark) return;
    const file = this.#files[numberOf(name)];
    assert.ok(file !== undefined, `${name} belongs to no file`);
    const sha256 = sha256Of(await readFile(path));
    const versions = [1, 2].map((version) => sha256Of(contentOf(file, version)));
    assert.ok(versions.includes(sha256), `${name} is wrong (${file.habit})`);
    const sidecar = JSON.parse(await readFile(path.replace(/\.bin$/, '_metadata.json'), 'utf8')) as {
      files: { sha256: string }[];
    };
    assert.equal(sidecar.files[0]?.sha256, sha256, `the sidecar of ${name}`);
    this.#proven.set(name, { mark, sha256 });
  }
}

/** Files are named as their addresses are, `7_row7_A.bin`. */
export function numberOf(name: string): number {
  return Number(/^(\d+)_row/.exec(name)?.[1]);
}
