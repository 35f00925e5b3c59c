import { HOST } from '../../hosts/index.ts';
import type { Planned } from './listing/planned-item.ts';

/** The host that an item takes its turn at. */
export function hostNameOf(link: Planned): string {
  const { target } = link;
  if (target.kind === 'direct') return new URL(target.url).hostname;
  return 'file' in link && link.file !== null ? HOST.driveApi : HOST.drive;
}

/** The host of a failure, named where it is not the one that the column is named for. */
export function hostOf(link: Planned): { readonly host?: string } {
  const host = hostNameOf(link);
  return host === HOST.drive ? {} : { host };
}
