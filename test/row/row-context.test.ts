import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DownloadResult, RowContext } from '../../src/row/index.ts';

const JAMES = {
  rowId: '007',
  rowIndex: 6,
  type: 'FF-Fi/Se-CP/B(S) #4',
  name: 'James',
  email: 'j@example.org',
};
const suffixOf = (rowId: string, type = 'T') => new RowContext({ ...JAMES, rowId, type }).toFilenameSuffix();
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom('.', '/', '\\', '\0', ' ', '#', '(', ')', 'é', 'e\u0301', 'K', '\u212A', '💾'),
    maxLength: 90,
  }),
);

describe('a row as it is embedded in a sidecar', () => {
  it('has the keys that earlier sidecars have, and nothing else', () => {
    expect(new RowContext(JAMES).toMetadataDict(new Date('2026-01-02T03:04:05Z'))).toEqual({
      source_csv_row_id: '007',
      source_csv_index: 6,
      personality_type: 'FF-Fi/Se-CP/B(S) #4',
      person_name: 'James',
      person_email: 'j@example.org',
      download_timestamp: '2026-01-02T03:04:05.000Z',
      tracking_version: '1.0',
    });
  });
});

describe('the suffix of a file name', () => {
  it('names row and type, the type made safe', () => {
    expect(new RowContext(JAMES).toFilenameSuffix()).toBe('_row007_FF-Fi-Se-CP-BS_num4');
  });

  it('keeps row_ids apart that look alike when made safe', () => {
    const ids = ['a/b', 'a\\b', 'a-b', 'a b', 'a..b', 'a.b', 'é', 'e\u0301', 'x'.repeat(60), 'x'.repeat(61)];
    expect(new Set(ids.map((rowId) => suffixOf(rowId))).size).toBe(ids.length);
  });

  it('never holds what means something in a path, whatever stands in the CSV', () => {
    fc.assert(
      fc.property(hostile, hostile, (rowId, type) => {
        const suffix = suffixOf(rowId, type);
        expect(suffix).toMatch(/^_row/);
        expect(suffix).toMatch(/^[\p{L}\p{N}._-]+$/u);
        expect(suffix).not.toContain('..');
        expect(suffix.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(suffix)).toBeLessThanOrEqual(160);
      }),
      { numRuns: 500 },
    );
  });

  it('is never the same for two row_ids of one type', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (one, other, type) => {
        fc.pre(one !== other);
        expect(suffixOf(one, type)).not.toBe(suffixOf(other, type));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a result', () => {
  const row = new RowContext(JAMES);

  it('sums itself up for the CSV', () => {
    const result = new DownloadResult({
      success: true,
      filesDownloaded: ['a.mp4', 'a.en.vtt'],
      mediaId: 'aaaaaaaaaaa',
      errorMessage: null,
      metadataFile: 'a_metadata.json',
      rowContext: row,
      downloadType: 'youtube',
    });
    expect(result.getSummary()).toEqual({
      rowId: '007',
      type: 'FF-Fi/Se-CP/B(S) #4',
      downloadType: 'youtube',
      success: true,
      status: 'completed',
      files: 'a.mp4,a.en.vtt',
      filesCount: 2,
      mediaId: 'aaaaaaaaaaa',
      error: null,
      metadataFile: 'a_metadata.json',
    });
  });

  it('that failed says so, with its reason', () => {
    const result = new DownloadResult({
      success: false,
      filesDownloaded: [],
      mediaId: null,
      errorMessage: 'it is private',
      metadataFile: null,
      rowContext: row,
    });
    expect(result.getSummary()).toMatchObject({
      status: 'failed',
      downloadType: null,
      error: 'it is private',
      filesCount: 0,
    });
    expect(result.permanentFailure).toBeUndefined();
  });
});
