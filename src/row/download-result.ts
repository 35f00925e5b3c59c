import type { DownloadType } from './download-type.ts';
import type { ItemResult } from './item.ts';
import type { RowContext } from './row-context.ts';

export interface DownloadResultFields {
  readonly success: boolean;
  readonly filesDownloaded: readonly string[];
  readonly mediaId: string | null;
  readonly errorMessage: string | null;
  readonly metadataFile: string | null;
  readonly rowContext: RowContext;
  readonly downloadType?: DownloadType;
  readonly permanentFailure?: boolean;
  readonly items?: readonly ItemResult[];
}

/** The outcome of one attempt at a download, with the row that it belongs to (API reference). */
export class DownloadResult implements DownloadResultFields {
  readonly success: boolean;
  /** Paths of the files that arrived, relative to the download folder, with `/`; sidecars are not listed. */
  readonly filesDownloaded: readonly string[];
  /** YouTube video ids or Drive file ids of what arrived, in order, joined by commas. */
  readonly mediaId: string | null;
  readonly errorMessage: string | null;
  /** Path of the first item's sidecar. */
  readonly metadataFile: string | null;
  readonly rowContext: RowContext;
  readonly downloadType?: DownloadType;
  /** True when trying again cannot mend it. */
  readonly permanentFailure?: boolean;
  /** Each item's own outcome, where the caller knows items. */
  readonly items?: readonly ItemResult[];

  constructor(fields: DownloadResultFields) {
    this.success = fields.success;
    // Callers without a type checker leave out what they have nothing for.
    this.filesDownloaded = fields.filesDownloaded ?? [];
    this.mediaId = fields.mediaId ?? null;
    this.errorMessage = fields.errorMessage ?? null;
    this.metadataFile = fields.metadataFile ?? null;
    this.rowContext = fields.rowContext;
    if (isGiven(fields.downloadType)) this.downloadType = fields.downloadType;
    if (isGiven(fields.permanentFailure)) this.permanentFailure = fields.permanentFailure;
    if (isGiven(fields.items)) this.items = fields.items;
  }

  /** What goes into the CSV of this result (API reference: "summary for CSV update"). */
  getSummary(): Record<string, unknown> {
    return {
      rowId: this.rowContext.rowId,
      type: this.rowContext.type,
      downloadType: this.downloadType ?? null,
      success: this.success,
      status: this.success ? 'completed' : 'failed',
      files: this.filesDownloaded.join(','),
      filesCount: this.filesDownloaded.length,
      mediaId: this.mediaId,
      error: this.errorMessage,
      metadataFile: this.metadataFile,
    };
  }
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}
