import { basename } from 'node:path';
import { type FileToHash, hashAll, type HashedFile, isBucketAddress, judgeAll } from '../files/index.ts';
import type { Claims, ListedFile } from './claims.ts';
import type { Finding, Repair } from './findings.ts';
import type { World } from './world.ts';

/**
 * What object storage itself says of the files that are on record in buckets, by its checksums: these need not be read. Those of which it
 * tells nothing are left out.
 */
export async function askStorage(
  { disk }: World,
  { held, listed, listedAt }: Claims,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, HashedFile>> {
  const asked = new Map<
    string,
    { path: string; size: number; sha256: string; partsChecksum: string | undefined }
  >();
  for (const { path, size, sha256 } of [...listed, ...held])
    if (isBucketAddress(path) && disk.get(path)?.size === size)
      asked.set(path, { path, size, sha256, partsChecksum: partsOf(path, sha256, listedAt.get(path)) });
  const said = new Map<string, HashedFile>();
  const others: FileToHash[] = [];
  for await (const { file, isSame } of judgeAll([...asked.values()], signal)) {
    const there = disk.get(file.path);
    if (isSame === true && there !== undefined) said.set(file.path, { ...there, sha256: file.sha256 });
    if (isSame === false) others.push(file);
  }
  // What they are instead, only their bytes tell.
  for await (const { file, hashed } of hashAll(others, { signal })) said.set(file.path, hashed);
  return said;
}

function partsOf(path: string, sha256: string, listed: readonly ListedFile[] = []): string | undefined {
  const files = listed.flatMap(({ sidecar }) => sidecar.files);
  return files.find((file) => file.name === basename(path) && file.sha256 === sha256)?.partsChecksum;
}

/** Nothing is renamed, copied or written in a bucket by a repair: what would be is left to a person, and it is said. Pure. */
export function withoutFileRepairs(finding: Finding): Finding {
  if (finding.repair === null || !pathsOf(finding.repair).some(isBucketAddress)) return finding;
  return {
    ...finding,
    repair: null,
    message: `${finding.message}; in a bucket nothing is moved or written by a repair`,
  };
}

function pathsOf(repair: Repair): readonly string[] {
  switch (repair.do) {
    case 'rename':
      return repair.moves.flatMap(({ from, to }) => [from, to]);
    case 'copy':
      return [repair.from, repair.to];
    case 'write_sidecar':
      return [repair.path];
    default:
      return [];
  }
}
