export { type Digests, digestsOf, type FollowedFile, followFile } from './digest/index.ts';
export { findStored, type StoredQuery } from './find-stored.ts';
export { hashFile } from './hash.ts';
export { safeFileName, splitExtension } from './safe-name.ts';
export type { ItemFacts, Sidecar, SidecarFile } from './sidecar-format.ts';
export { findSidecarOf, iterateSidecars, readSidecar, type FoundSidecar } from './sidecar.ts';
export {
  clearStaging,
  lazyAttempt,
  openAttempt,
  STAGING_FOLDER,
  type Attempt,
  type AttemptKey,
  type LazyAttempt,
} from './staging.ts';
export { fileStem } from './stem.ts';
export type { FileInMemory, StagedFile, StoredItem, StoreRequest } from './store.ts';
export { holdSmallFiles, storeItem } from './storing/store-files.ts';
