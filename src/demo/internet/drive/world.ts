import type { Scripted } from '../scripted.ts';
import type { KnownAccounts } from './api/accounts.ts';
import type { DriveBehaviour, DriveFile, DriveFolder, DriveShortcut } from './drive-file.ts';

/** Everything on this Drive. */
export interface Shelf {
  readonly files: Map<string, DriveFile>;
  readonly folders: Map<string, DriveFolder>;
  readonly shortcuts: Map<string, DriveShortcut>;
}

export interface World {
  readonly shelf: Shelf;
  readonly host: { readonly behaviour: Scripted<DriveBehaviour>; readonly exportLimit: number };
  readonly accounts: KnownAccounts;
}
