import { describe, expect, it } from 'vitest';
import {
  CAUSES,
  type Cause,
  causeFacts,
  ErrorCategory,
  errnoOf,
  fileError,
  NotInCsvError,
  RowtrailError,
} from '../../src/errors/index.ts';

const CATEGORIES = Object.values(ErrorCategory);
const causes = Object.entries(CAUSES);

describe('the table of causes', () => {
  it.for(causes)('says of %s what it is and what to do next, in a sentence', ([, facts]) => {
    expect(CATEGORIES).toContain(facts.category);
    expect(facts.nextStep).toMatch(/^([A-Z]|yt-dlp).{8,}\.$/);
    expect(facts.nextStep).not.toMatch(/undefined|\n/);
  });

  it('never tries again what trying cannot mend', () => {
    const hopeless: readonly string[] = [ErrorCategory.VALIDATION, ErrorCategory.PERMISSION];
    const tried = causes.filter(
      ([, { category, verdict }]) => hopeless.includes(category) && verdict === 'again',
    );
    expect(tried.map(([cause]) => cause)).toEqual([]);
  });

  it('lets a host that refuses us cost no row an attempt', () => {
    const hostWide = causes.filter(([, { scope }]) => scope === 'host');
    expect(hostWide.map(([cause]) => cause)).toEqual(['bot_check', 'soft_block', 'too_many_requests']);
    for (const [, { verdict }] of hostWide) expect(verdict).toBe('later');
  });

  it('takes a cause of another version as unknown, also one that is named like a property of every object', () => {
    expect(causeFacts('no_such_cause')).toBe(CAUSES.unknown);
    expect(causeFacts('constructor')).toBe(CAUSES.unknown);
  });
});

describe('an error of ours', () => {
  it.for<[{ file?: string; line?: number; column?: number }, string]>([
    [{}, 'it broke'],
    [{ file: 'a.csv' }, 'a.csv: it broke'],
    [{ file: 'a.csv', line: 3 }, 'a.csv:3: it broke'],
    [{ file: 'a.csv', line: 3, column: 7 }, 'a.csv:3:7: it broke'],
    [{ line: 3 }, 'it broke'],
  ])('begins with its place %j', ([place, message]) => {
    const error = new RowtrailError('csv_invalid', 'it broke', place);
    expect(error.message).toBe(message);
    expect(error).toMatchObject({ ...place, code: 'csv_invalid', category: 'validation' });
    expect(error.nextStep).toBe(CAUSES.csv_invalid.nextStep);
  });

  it('keeps the error beneath it', () => {
    const beneath = new Error('beneath');
    expect(new RowtrailError('unknown', 'above', { error: beneath }).cause).toBe(beneath);
  });

  it('says when a result is recorded and only not in the CSV', () => {
    const error = new NotInCsvError('csv_row_gone', 'gone', { rowId: '1' });
    expect(error).toBeInstanceOf(RowtrailError);
    expect(error).toMatchObject({ name: 'NotInCsvError', recorded: true, rowId: '1' });
  });
});

describe('an error of the system', () => {
  const systemError = (code: string) => Object.assign(new Error(code), { code });

  it('is found wherever it stands in the chain', () => {
    const inner = systemError('ECONNRESET');
    expect(errnoOf(inner)).toBe('ECONNRESET');
    expect(errnoOf(new Error('outer', { cause: new Error('middle', { cause: inner }) }))).toBe('ECONNRESET');
    expect(errnoOf(new AggregateError([inner, systemError('ETIMEDOUT')]))).toBe('ECONNRESET');
    expect(errnoOf(new Error('none'))).toBeUndefined();
    expect(errnoOf('ENOENT')).toBeUndefined();
    expect(errnoOf(Object.assign(new Error('a number'), { code: 5 }))).toBeUndefined();
  });

  it.for<[string, Cause]>([
    ['ENOSPC', 'disk_full'],
    ['EDQUOT', 'disk_full'],
    ['EACCES', 'access_denied'],
    ['EPERM', 'access_denied'],
    ['EROFS', 'access_denied'],
    ['ENOENT', 'file_missing'],
    ['EIO', 'write_failed'],
  ])('%s of a file is %s', ([errno, cause]) => {
    const error = fileError(systemError(errno), 'cannot write', { file: 'a.csv' });
    expect(error).toMatchObject({ code: cause, message: `a.csv: cannot write (${errno})` });
  });

  it('is left alone when it has a cause already, and needs no errno', () => {
    const ours = new RowtrailError('csv_changed', 'changed');
    expect(fileError(ours, 'cannot write')).toBe(ours);
    expect(fileError(new TypeError('odd'), 'cannot write').message).toBe('cannot write');
  });
});
