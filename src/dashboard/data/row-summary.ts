import type { ShownRow } from '../../index.ts';
import type { RowSummary } from '../contract.ts';
import { plain } from './plain.ts';

/** A row as it goes out: foreign texts cut. */
export function shownRow({ name, email, type, ...row }: ShownRow): RowSummary {
  return { ...row, name: plain(name, 200), email: plain(email, 200), type: plain(type, 200) };
}
