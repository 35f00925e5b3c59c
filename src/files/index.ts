export { type LeftStaging, leftStaging } from './left-staging.ts';
export { bootId } from './boot-id.ts';
export { moveIfFree } from './claim.ts';
export { cloneFile, type CloneKind } from './clone.ts';
export { writeDurably } from './durable.ts';
export {
  type Digests,
  digestsOf,
  DigestStream,
  type FollowedFile,
  followFile,
  type WantedDigests,
} from './digest/index.ts';
export { fingerprintOf } from './fingerprint.ts';
export { syncFolder } from './folder-sync.ts';
export { findStored, type StoredQuery } from './find-stored.ts';
export { givingWay } from './give-way.ts';
export { hashFile } from './hash.ts';
export { type FileToHash, hashFiles, type HashedFile } from './hash-pool.ts';
export type { Keeping, KnownCopy, MediumKey, MediumTurn, SharedMedia, SidecarPlace } from './keeping.ts';
export { STORAGE_VARIABLES } from './bucket/storage-settings.ts';
export { isBucketAddress } from './bucket/bucket-address.ts';
export type { ItemToCopy, ItemToStore, Output, StoredItemQuery } from './output/output.ts';
export { hashAll, hashAt, judgeAll, lookAt, openObject } from './output/looking.ts';
export { outputAt } from './output/output-at.ts';
export { outputFolders, pathBelow, placeIn, resolvePlace } from './output/place.ts';
export {
  claimsOf,
  findSidecarOf,
  iterateSidecars,
  readFolder,
  readSidecar,
  scanSidecars,
} from './output/reading.ts';
export { foldName } from './fold-name.ts';
export { freeFolderName, settleFolders } from './row-folder.ts';
export { safeBase, safeFileName, splitExtension } from './safe-name.ts';
export type { ScannedSidecar, SidecarScan } from './scan-sidecars.ts';
export {
  formatSidecar,
  type ItemFacts,
  type Sidecar,
  SIDECAR_IDENTITIES,
  type SidecarFile,
  type SidecarIdentity,
} from './sidecar-format.ts';
export { isSidecarName, sidecarName, stemOfSidecar } from './sidecar-name.ts';
export { type FoundSidecar, inJson, NameQuery, namesFile } from './sidecar.ts';
export { removeFile } from './remove-file.ts';
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
export { holdSmallFiles, prepareStoring, storeItem } from './storing/store-files.ts';
export { type DiskFile, type FolderContent, walkFolder } from './walk.ts';
export { nearestExisting, writableFolder } from './writable-folder.ts';
