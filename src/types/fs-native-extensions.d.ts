/** What rowtrail uses of fs-native-extensions, which brings no types of its own. */
declare module 'fs-native-extensions' {
  export interface LockOptions {
    /** A shared lock; exclusive unless said. */
    readonly shared?: boolean;
  }

  /**
   * Takes a lock that belongs to the open file, not to the process; the kernel drops it when the file is closed.
   * False when somebody else holds one. `length` 0 means up to the end of the file.
   */
  export function tryLock(fd: number, options?: LockOptions): boolean;
  export function tryLock(fd: number, offset: number, length: number, options?: LockOptions): boolean;
  export function unlock(fd: number, offset?: number, length?: number): void;

  /** Names of the extended attributes, with their namespace (`user.origin`). */
  export function listAttrs(fd: number): Promise<string[]>;
  export function getAttr(fd: number, name: string): Promise<Buffer | null>;
  export function setAttr(fd: number, name: string, value: Buffer | string): Promise<void>;
}
