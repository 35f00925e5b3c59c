export {
  type AdoptedDownload,
  type AdoptedFile,
  type Adoption,
  adoptDownloads,
  type AdoptOptions,
} from './adopt/adopt.ts';
export { LEFT_ALONE, type LeftAlone, type LeftReason } from './adopt/left-alone.ts';
export { type Cleaning, cleanLeftovers, type CleanOptions } from './clean/clean.ts';
export type { Leftover, LeftoverKind } from './clean/leftovers.ts';
export { fillCommand } from './fill-command.ts';
export { findFile, type FindOptions, type FoundFile, type FoundRow } from './find-file.ts';
export { findRowByFile } from './find-row-by-file.ts';
export { type Finding, type FindingKind, FINDINGS, type Repair } from './findings.ts';
export { type ForgetOptions, type Forgotten, forgetRow } from './forget/forget.ts';
export {
  repairDownloads,
  type RepairOptions,
  type RepairReport,
  type StepResult,
  undoRepair,
} from './repair.ts';
export type { AttemptStory, DownloadStory, ItemStory, RowVerdict } from './story.ts';
export { type Verification, verifyDownloads, type VerifyOptions, type VerifyProgress } from './verify.ts';
export { type RowStory, whyRow, type WhyOptions } from './why.ts';
