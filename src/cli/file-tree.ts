import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder's content; dot-folders are named, not opened. */
export interface TreeNode {
  readonly name: string;
  readonly children: readonly TreeNode[] | null;
}

export async function fileTree(folder: string): Promise<TreeNode[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sorted = entries.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  return Promise.all(
    sorted.map(async (entry) => {
      if (!entry.isDirectory()) return { name: entry.name, children: null };
      const hidden = entry.name.startsWith('.');
      return { name: entry.name, children: hidden ? [] : await fileTree(join(folder, entry.name)) };
    }),
  );
}
