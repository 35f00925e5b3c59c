/** Apart from the rest of the ledger, so that a program that has loaded nothing else yet can have its thread begin. */
export { prepareLedgerThread } from './prepared.ts';
