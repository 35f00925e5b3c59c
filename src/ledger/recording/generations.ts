import { DOWNLOAD_TYPES, type DownloadType } from '../../row/index.ts';
import type { GenerationRecord, ItemRecord, PastAttempt } from '../history.ts';

/** Which generation of a row's download a record belongs to. */
export interface GenerationPlace {
  readonly downloadType: DownloadType;
  readonly generation: number;
}

/** A row's whole history, by download type and generation, oldest first. */
export function groupGenerations(
  rowId: string,
  present: readonly GenerationPlace[],
  attempts: readonly (PastAttempt & GenerationPlace)[],
  items: readonly (ItemRecord & GenerationPlace)[],
): readonly GenerationRecord[] {
  return DOWNLOAD_TYPES.flatMap((downloadType) => {
    const known = [...present, ...attempts, ...items].filter((each) => each.downloadType === downloadType);
    const generations = [...new Set(known.map(({ generation }) => generation))].toSorted((a, b) => a - b);
    return generations.map((generation) => {
      const isOf = (place: GenerationPlace) =>
        place.downloadType === downloadType && place.generation === generation;
      return {
        rowId,
        downloadType,
        generation,
        present: present.some(isOf),
        attempts: attempts.filter(isOf).map(withoutPlace),
        items: items.filter(isOf).map(withoutPlace),
      };
    });
  });
}

function withoutPlace<Record extends GenerationPlace>({
  downloadType: _type,
  generation: _generation,
  ...rest
}: Record): Omit<Record, keyof GenerationPlace> {
  return rest;
}
