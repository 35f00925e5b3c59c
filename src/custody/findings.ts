import type { DownloadType, RowContext } from '../row/index.ts';
import type { HeldDownload, ItemLoss } from '../ledger/index.ts';

/** What a look at CSV, ledger, disk and sidecars can find, and what a person makes of it. One table for words and order. */
export const FINDINGS = {
  missing_file: { title: 'Missing', what: 'a file on record is not on the disk' },
  truncated_file: { title: 'Truncated', what: 'a file is shorter than on record' },
  changed_file: { title: 'Changed', what: 'a file has other bytes than on record' },
  misnamed_file: { title: 'Misnamed', what: 'a file stands under another name than on record' },
  unreadable_file: { title: 'Unreadable', what: 'a file could not be read, or changed while it was read' },
  completed_without_proof: {
    title: 'Completed without proof',
    what: 'a row says completed, and no size and hash is known of its files',
  },
  proof_without_row: {
    title: 'Proof without a row that says so',
    what: 'a whole file with its sidecar belongs to a row that does not say completed',
  },
  missing_sidecar: { title: 'Without a sidecar', what: 'a file on record has no sidecar' },
  broken_sidecar: { title: 'Broken sidecar', what: 'the JSON of a sidecar cannot be read' },
  newer_sidecar: {
    title: 'Sidecar of a newer rowtrail',
    what: 'a sidecar has a format that this rowtrail does not know',
  },
  contradicting_sidecars: { title: 'Contradiction', what: 'several sidecars claim one file' },
  orphaned_sidecar: {
    title: 'Sidecar of no row',
    what: 'the CSV has no such row, or another person under its row_id',
  },
  sidecar_without_file: {
    title: 'Sidecar without its file',
    what: 'a sidecar names a file that is not there',
  },
  orphaned_file: { title: 'Orphaned', what: 'no row and no sidecar knows the file' },
  odd_link: {
    title: 'Link that leads nowhere',
    what: 'a symbolic link to a folder, in a circle, or to nothing',
  },
} as const satisfies Record<string, { readonly title: string; readonly what: string }>;

export type FindingKind = keyof typeof FINDINGS;

/** One thing that does not fit. */
export interface Finding {
  readonly kind: FindingKind;
  readonly rowId: string | null;
  readonly downloadType: DownloadType | null;
  /** The file that it is about, absolute; null where it is about a row alone. */
  readonly path: string | null;
  /** One sentence; may hold foreign text. */
  readonly message: string;
  /** What `--repair` does about it; null where that would be guessing, and a person has to say. */
  readonly repair: Repair | null;
}

/** What mends a finding. Nothing of it deletes a file. */
export type Repair =
  /** Files get the names on record again; a sidecar goes with its file. */
  | { readonly do: 'rename'; readonly moves: readonly { readonly from: string; readonly to: string }[] }
  /** The same bytes are taken from another row's file. */
  | { readonly do: 'copy'; readonly from: string; readonly to: string; readonly sha256: string }
  /** A sidecar is written from the ledger; what stands in its place is set aside. */
  | {
      readonly do: 'write_sidecar';
      readonly path: string;
      readonly text: string;
      readonly aside: string | null;
    }
  /** The download is pending again, for the lost files alone. */
  | { readonly do: 'pending_again'; readonly loss: ItemLoss }
  /** The download of a row that only the CSV knows begins anew. */
  | { readonly do: 'reset'; readonly rowId: string; readonly downloadType: DownloadType }
  /** What is on the disk is taken into the ledger. */
  | { readonly do: 'take_in'; readonly held: HeldDownload };

/** A row of the CSV as far as its files are concerned. */
export interface RowSaid {
  readonly context: RowContext;
  readonly downloads: Readonly<Record<DownloadType, DownloadSaid>>;
}

export interface DownloadSaid {
  readonly link: string;
  readonly status: string;
  /** As the cell lists them, relative to the download folder. */
  readonly files: readonly string[];
}
