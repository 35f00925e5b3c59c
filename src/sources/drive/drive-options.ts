import type { SourceOptions } from '../source.ts';
import type { AccessOptions } from './access/access.ts';

/** What a Drive download can be told. */
export interface DriveOptions extends SourceOptions, AccessOptions {
  /** The beginning of the files' names instead of the host's name; its extension, if it has one, is used too. */
  readonly filename?: string;
  /** False removes the sidecar once the file is in place; such a file is found by its row no more. */
  readonly metadata?: boolean;
  /** Takes plain http and https links to files of any host besides those of Google Drive. */
  readonly allowDirectLinks?: boolean;
  /** Lets public links lead to addresses of this machine and its network. */
  readonly allowPrivateAddresses?: boolean;
  /** Transfers that the caller allows at one host at once: over so many connections may a slow file come, and over 16 in any case. */
  readonly concurrency?: number;
  /** Formats for documents of Google's editors, the preferred one first (default docx, xlsx, pptx). */
  readonly exportFormats?: readonly string[];
}
