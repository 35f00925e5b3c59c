import type { Digests, WantedDigests } from './digests.ts';

/** What the thread is told; `id` is one file that is followed. */
export type FollowerRequest =
  | { readonly kind: 'follow'; readonly id: number; readonly path: string; readonly wanted: WantedDigests }
  /** So many bytes from the beginning are written, none of them missing; `isAll` when there are no more. */
  | { readonly kind: 'advance'; readonly id: number; readonly bytes: number; readonly isAll: boolean }
  | { readonly kind: 'drop'; readonly id: number };

export type FollowerAnswer =
  | { readonly id: number; readonly digests: Digests }
  | {
      readonly id: number;
      readonly failure: { readonly message: string; readonly code: string | undefined };
    };
