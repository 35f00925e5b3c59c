import type { DownloadType } from '../../row/index.ts';
import { missingAccess } from './missing-access.ts';
import { missingTool } from './missing-tool.ts';
import { missingTrust } from './missing-trust.ts';
import type { WorkflowOptions } from '../options.ts';

const NAMES: Readonly<Record<DownloadType, string>> = { youtube: 'YouTube', drive: 'Drive' };

/**
 * Why nothing of a download type can be fetched on this machine, or with what was given, and what to do about it; null where it can.
 * @param now milliseconds since 1970: cookies expire
 */
export async function whyUntried(
  type: DownloadType,
  options: WorkflowOptions,
  now: number,
): Promise<string | null> {
  const untrusted = await missingTrust(options);
  if (untrusted !== null)
    return `${untrusted}. No ${NAMES[type]} download was tried. Give a PEM file with --ca-cert, or correct SSL_CERT_FILE or NODE_EXTRA_CA_CERTS.`;
  if (type === 'youtube') return missingTool(options, now);
  const refused = await missingAccess(options);
  return refused === null
    ? null
    : `${refused}. No Drive download was tried; \`rowtrail doctor\` tries the way in again.`;
}
