import { describe, expect, it } from 'vitest';
import { RowtrailError, type Cause } from '../../src/errors/index.ts';
import { RowContext, type ItemResult } from '../../src/row/index.ts';
import { itemFailureOf, resultOfItems, resultOfLinkError } from '../../src/sources/to-result.ts';

const row = new RowContext({ rowId: '1', rowIndex: 0, type: 'T', name: '', email: '' });

function arrived(position: number, mediaId: string, kind: ItemResult['kind'] = 'file'): ItemResult {
  const files = [{ path: `${mediaId}.${kind}`, size: 1, sha256: 'a'.repeat(64) }];
  const metadataFile = `${mediaId}_metadata.json`;
  return { kind, position, mediaId, title: null, sourceUrl: 'u', files, metadataFile, failure: null };
}

function failed(position: number, mediaId: string, cause: Cause): ItemResult {
  const failure = itemFailureOf(new RowtrailError(cause, `${mediaId} failed`));
  return { ...arrived(position, mediaId), files: [], metadataFile: null, failure };
}

const result = (items: readonly ItemResult[], done: readonly { kind: 'file'; mediaId: string }[] = []) =>
  resultOfItems({ row, downloadType: 'drive', items, done });

describe('the result of a download', () => {
  it('lists what arrived in the order of positions, each media id once', () => {
    const { filesDownloaded, mediaId, metadataFile, success } = result([
      arrived(1, 'b'),
      arrived(0, 'a', 'video'),
      arrived(0, 'a', 'transcript'),
    ]);
    expect(filesDownloaded).toEqual(['a.video', 'a.transcript', 'b.file']);
    expect({ mediaId, metadataFile, success }).toEqual({
      mediaId: 'a,b',
      metadataFile: 'a_metadata.json',
      success: true,
    });
  });

  it('is a success when all that is missing is gone for good', () => {
    const mixed = result([failed(0, 'a', 'removed'), arrived(1, 'b')]);
    expect(mixed).toMatchObject({ success: true, permanentFailure: false, errorMessage: 'a failed' });
  });

  it('counts what earlier attempts brought as arrived', () => {
    const done = [{ kind: 'file', mediaId: 'b' }] as const;
    expect(result([failed(0, 'a', 'removed')], done)).toMatchObject({ success: true, mediaId: null });
    expect(result([], done)).toMatchObject({ success: true, errorMessage: null });
  });

  it.each(['timeout', 'quota_exceeded'] as const)(
    'is a failure that may end while an item failed by %s',
    (cause) => {
      const open = result([failed(0, 'a', cause), arrived(1, 'b')]);
      expect(open).toMatchObject({
        success: false,
        permanentFailure: false,
        mediaId: 'b',
        filesDownloaded: ['b.file'],
      });
    },
  );

  it('is permanent when nothing arrived and nothing can be had', () => {
    const gone = result([failed(0, 'a', 'removed'), failed(1, 'b', 'not_shared')]);
    expect(gone).toMatchObject({
      success: false,
      permanentFailure: true,
      errorMessage: 'a failed; b failed',
    });
    expect(result([])).toMatchObject({ success: false, permanentFailure: false });
  });

  it('names the cause of a link that cannot be used, and the time to wait for', () => {
    const error = new RowtrailError('foreign_link', 'Not ours', { notBefore: '2026-11-02T00:00:00.000Z' });
    const unusable = resultOfLinkError({
      row,
      downloadType: 'drive',
      kind: 'file',
      url: 'https://x.org',
      error,
    });
    expect(unusable).toMatchObject({
      success: false,
      permanentFailure: true,
      errorMessage: 'Not ours',
      mediaId: null,
    });
    expect(unusable.items?.[0]).toMatchObject({
      mediaId: null,
      sourceUrl: 'https://x.org',
      failure: { cause: 'foreign_link', message: 'Not ours', notBefore: '2026-11-02T00:00:00.000Z' },
    });
  });
});
