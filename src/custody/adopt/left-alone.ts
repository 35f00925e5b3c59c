/**
 * Why a file is not taken over. `concerns` says whether it may be one that a row of the CSV has, so that a person should look:
 * that decides the exit code.
 */
export const LEFT_ALONE = {
  contradiction: { title: 'Claimed by several', concerns: true },
  several_files: { title: 'Several files for one', concerns: true },
  other_person: { title: 'Of another person', concerns: true },
  no_such_row: { title: 'Of a row that is not in the CSV', concerns: true },
  not_in_link: { title: "Not in its row's link", concerns: true },
  which_medium: { title: "Which of the row's it is cannot be told", concerns: true },
  not_whole: { title: 'Not what its name says, or not whole', concerns: true },
  not_checked: { title: 'Could not be checked', concerns: true },
  changed_since: { title: 'Changed since its sidecar was written', concerns: true },
  changing: { title: 'Changes while it is read', concerns: true },
  unreadable: { title: 'Cannot be read', concerns: true },
  not_stored: { title: 'Could not be put into its place', concerns: true },
  broken_sidecar: { title: 'Broken sidecar', concerns: true },
  newer_sidecar: { title: 'Sidecar of a newer rowtrail', concerns: true },
  broken_info: { title: 'Broken info file', concerns: true },
  other_copy: { title: 'The row has another file of it', concerns: false },
  archive_only: { title: 'In the archive, and no file of it is here', concerns: false },
  in_download_folder: { title: 'Of rowtrail, in the download folder already', concerns: false },
  of_other_csv: { title: 'Of another CSV', concerns: false },
  not_kept: { title: 'Of a kind that is not kept', concerns: false },
  unfinished: { title: 'Unfinished', concerns: false },
  no_row: { title: 'No row has it', concerns: false },
  no_evidence: { title: 'Nothing says whose it is', concerns: false },
  symbolic_link: { title: 'Symbolic link', concerns: false },
  not_a_file: { title: 'Not a file', concerns: false },
} as const satisfies Record<string, { readonly title: string; readonly concerns: boolean }>;

export type LeftReason = keyof typeof LEFT_ALONE;

/** What was not taken over, and why. */
export interface LeftAlone {
  /** Absolute. */
  readonly path: string;
  readonly reason: LeftReason;
  /** One sentence; may hold foreign text. */
  readonly message: string;
  /** The row that it may belong to; null where none is known. */
  readonly rowId: string | null;
}

export function leftAlone(
  path: string,
  reason: LeftReason,
  message: string,
  rowId: string | null = null,
): LeftAlone {
  return { path, reason, message, rowId };
}
