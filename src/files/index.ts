export { type LeftStaging, leftStaging } from './left-staging.ts';
export { bootId } from './boot-id.ts';
export { moveIfFree } from './claim.ts';
export { cloneFile, type CloneKind } from './clone.ts';
export { writeDurably } from './durable.ts';
export { type Digests, digestsOf, DigestStream, type FollowedFile, followFile } from './digest/index.ts';
export { syncFolder } from './folder-sync.ts';
export { findStored, type StoredQuery } from './find-stored.ts';
export { givingWay } from './give-way.ts';
export { hashFile } from './hash.ts';
export { type FileToHash, hashFiles, type HashedFile } from './hash-pool.ts';
export type { Keeping, KnownCopy, MediumKey, MediumTurn, SharedMedia, SidecarPlace } from './keeping.ts';
export { freeFolderName, settleFolders } from './row-folder.ts';
export { safeBase, safeFileName, splitExtension } from './safe-name.ts';
export { scanSidecars, type ScannedSidecar, type SidecarScan } from './scan-sidecars.ts';
export {
  formatSidecar,
  type ItemFacts,
  type Sidecar,
  SIDECAR_IDENTITIES,
  type SidecarFile,
  type SidecarIdentity,
} from './sidecar-format.ts';
export { isSidecarName, stemOfSidecar } from './sidecar-name.ts';
export {
  claimsOf,
  findSidecarOf,
  type FoundSidecar,
  inJson,
  iterateSidecars,
  NameQuery,
  namesFile,
  readSidecar,
  sidecarName,
} from './sidecar.ts';
export {
  clearStaging,
  discardStaging,
  isStagingInUse,
  lazyAttempt,
  openAttempt,
  STAGING_FOLDER,
  type Attempt,
  type AttemptKey,
  type LazyAttempt,
} from './staging.ts';
export { type CopyRequest, storeCopy } from './store-copy.ts';
export { fileStem } from './stem.ts';
export type { FileInMemory, StagedFile, StoredItem, StoreRequest } from './store.ts';
export { holdSmallFiles, storeItem } from './storing/store-files.ts';
export { type DiskFile, type FolderContent, readFolder, walkFolder } from './walk.ts';
