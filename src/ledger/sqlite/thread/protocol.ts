import type { Cause } from '../../../errors/index.ts';
import type { Operations } from '../operations.ts';

/** The calls between the client and the worker thread: each operation by its name, with its own arguments and result. */
export type OperationName = keyof Operations;
export type OperationArguments<Name extends OperationName> = Parameters<Operations[Name]>;
export type OperationResult<Name extends OperationName> = ReturnType<Operations[Name]>;

export interface Request {
  readonly id: number;
  readonly name: OperationName | 'scrub' | 'absorb' | 'close';
  readonly args: readonly unknown[];
}

export type Response =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: LedgerFailure };

/** What goes over at once: the calls of one turn there, the answers of one transaction back. */
export type RequestBatch = readonly Request[];
export type ResponseBatch = readonly Response[];

/** An error on its way between threads, where only plain data survives. */
export interface LedgerFailure {
  readonly cause: Cause;
  readonly message: string;
  readonly stack: string | undefined;
}

export interface WorkerOptions {
  readonly path: string;
  /** Refuses every change. */
  readonly readOnly: boolean;
}

/** Said before an older ledger is brought up to date, which may take long. */
export interface Migration {
  readonly from: number;
  readonly to: number;
}
