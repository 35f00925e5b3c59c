import { HOST } from '../../hosts/index.ts';
import type { DownloadType } from '../../row/index.ts';
import { targetsOf } from '../planning/decide.ts';
import type { WorkflowOptions } from '../options.ts';
import type { Task } from '../planning/tasks.ts';

/** The hosts that a download type is named for. */
const OWN: ReadonlySet<string> = new Set<string>([HOST.youtube, HOST.drive, HOST.driveApi]);

/** Whether a host is the one that most downloads of its type wait for. Pure. */
export function isOwnHost(host: string): boolean {
  return OWN.has(host);
}

/** The host at which a download waits for its turn before it is begun: the one that it will ask first. Pure. */
export function mainHost({ row, downloadType }: Task, options: WorkflowOptions): string {
  if (downloadType === 'youtube') return HOST.youtube;
  const [first] = targetsOf(row, downloadType, options).targets;
  if (first?.kind === 'direct' && 'url' in first) return new URL(first.url).hostname;
  return ownHost('drive', options);
}

/** The host that most downloads of a type wait for. Pure. */
export function ownHost(type: DownloadType, { driveApiKey, googleCredentials }: WorkflowOptions): string {
  if (type === 'youtube') return HOST.youtube;
  return driveApiKey === undefined && googleCredentials === undefined ? HOST.drive : HOST.driveApi;
}
