import { expect, it } from 'vitest';
import { TransferSum } from '../../../src/cli/display/transfer-sum.ts';

const progress = (
  label: string,
  receivedBytes: number,
  totalBytes: number | null,
  bytesPerSecond: number | null,
) => ({
  ...{ rowId: '1', downloadType: 'drive' as const, label, receivedBytes, totalBytes, bytesPerSecond },
  etaSeconds: null,
});

it('several transfers of a row count together, what has arrived no longer for the speed', () => {
  const sum = new TransferSum();
  sum.add(progress('a', 10, 100, 5));
  sum.add(progress('b', 50, 100, 10));
  expect(sum.add(progress('a', 40, 100, 20))).toEqual({
    ...{ receivedBytes: 90, totalBytes: 200, bytesPerSecond: 30 },
    etaSeconds: 110 / 30,
  });
  expect(sum.add(progress('a', 100, 100, 20))).toMatchObject({ bytesPerSecond: 10, etaSeconds: 5 });
  expect(sum.add(progress('c', 1, null, null))).toEqual({
    ...{ receivedBytes: 151, totalBytes: null, bytesPerSecond: 10, etaSeconds: null },
  });
});
