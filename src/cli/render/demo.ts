import { join, relative } from 'node:path';
import type { DemoResult } from '../../demo/index.ts';
import type { TreeNode } from '../file-tree.ts';
import { safe, type Terminal } from '../terminal.ts';
import { renderOutcome } from './run.ts';
import { shellWord } from './words.ts';
import { wrapText } from './wrap.ts';

export interface DemoScreen {
  readonly result: DemoResult;
  readonly tree: readonly TreeNode[];
  readonly cwd: string;
  /** How the person starts rowtrail here. */
  readonly command: string;
}

/** The demo's last screen: the tree, the summary, what failed on purpose, and three commands to try. */
export function renderDemo({ result, tree, cwd, command }: DemoScreen, terminal: Terminal): string {
  const { out, width } = terminal;
  const line = (text: string) => wrapText(text, { width: width.out });
  const folder = relative(cwd, result.folder);
  const csv = shellWord(join(folder, 'people.csv'));
  const [file] = namesIn(tree, 'youtube_downloads').filter((name) => name.endsWith('.mp4'));
  const tryThese = [
    `${command} status ${csv}`,
    `${command} failed ${csv}`,
    `${command} find ${shellWord(join(folder, 'youtube_downloads', file ?? ''))}`,
  ];
  return [
    '',
    out.bold(safe(folder)),
    ...treeLines(tree, out.dim),
    '',
    renderOutcome(result.summary, terminal),
    '',
    result.unexpected.length === 0
      ? line(
          'All of these failed on purpose, to show what failures look like. The status of every row is in people.csv.',
        )
      : line(
          out.red(
            `This came out otherwise than it should: ${result.unexpected.join(', ')}. rowtrail doctor may say why.`,
          ),
        ),
    '',
    out.bold('Now try'),
    ...tryThese.map((tried) => `  ${safe(tried)}`),
  ].join('\n');
}

function namesIn(tree: readonly TreeNode[], folder: string): string[] {
  return (tree.find(({ name }) => name === folder)?.children ?? []).map(({ name }) => name);
}

function treeLines(nodes: readonly TreeNode[], dim: (text: string) => string, indent = ''): string[] {
  return nodes.flatMap(({ name, children }, at) => {
    const last = at === nodes.length - 1;
    const own = `${dim(`${indent}${last ? '└─ ' : '├─ '}`)}${safe(name)}${children === null ? '' : '/'}`;
    return [own, ...treeLines(children ?? [], dim, `${indent}${last ? '   ' : '│  '}`)];
  });
}
