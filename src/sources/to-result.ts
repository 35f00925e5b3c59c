import { causeFacts, type RowtrailError } from '../errors/index.ts';
import {
  DownloadResult,
  type DownloadType,
  type ItemFailure,
  type ItemKey,
  type ItemKind,
  type ItemResult,
  type RowContext,
} from '../row/index.ts';

export interface ItemsOfDownload {
  readonly row: RowContext;
  readonly downloadType: DownloadType;
  /** Every item that this attempt tried. */
  readonly items: readonly ItemResult[];
  /** What earlier attempts brought, of the kinds that this attempt wants. */
  readonly done?: readonly ItemKey[];
}

/**
 * The outcome of a download from the outcomes of its items: a success when each item is there or gone for good and at
 * least one arrived, now or in an earlier attempt; a permanent failure when it is none and no failed item could still
 * be had. Files and media ids list what arrived, in the order of the items' positions, in both cases.
 */
export function resultOfItems({ row, downloadType, items, done = [] }: ItemsOfDownload): DownloadResult {
  const ordered = items.toSorted((a, b) => a.position - b.position);
  const arrived = ordered.filter((item) => item.failure === null);
  const failures = ordered.flatMap((item) => item.failure ?? []);
  const goneForGood = failures.every((failure) => causeFacts(failure.cause).verdict === 'never');
  const success = goneForGood && arrived.length + done.length > 0;
  return new DownloadResult({
    success,
    filesDownloaded: arrived.flatMap((item) => item.files.map((file) => file.path)),
    mediaId: joinedUnique(
      arrived.flatMap((item) => item.mediaId ?? []),
      ',',
    ),
    errorMessage: joinedUnique(
      failures.map((failure) => failure.message),
      '; ',
    ),
    metadataFile: arrived.find((item) => item.metadataFile !== null)?.metadataFile ?? null,
    rowContext: row,
    downloadType,
    permanentFailure: !success && goneForGood && failures.length > 0,
    items: ordered,
  });
}

/** The outcome of a download whose link cell cannot be used: one failed item that no media id names. */
export function resultOfLinkError(of: {
  readonly row: RowContext;
  readonly downloadType: DownloadType;
  readonly kind: ItemKind;
  readonly url: string;
  readonly error: RowtrailError;
}): DownloadResult {
  const item: ItemResult = {
    kind: of.kind,
    position: 0,
    mediaId: null,
    title: null,
    sourceUrl: of.url,
    files: [],
    metadataFile: null,
    failure: itemFailureOf(of.error),
  };
  return resultOfItems({ row: of.row, downloadType: of.downloadType, items: [item] });
}

/** An error as an item's failure: its cause, its sentence and, where the host said so, the time to wait for. */
export function itemFailureOf(error: RowtrailError): ItemFailure {
  const { code, message, notBefore } = error;
  return { cause: code, message, ...(notBefore === undefined ? {} : { notBefore }) };
}

function joinedUnique(texts: readonly string[], separator: string): string | null {
  return texts.length === 0 ? null : [...new Set(texts)].join(separator);
}
