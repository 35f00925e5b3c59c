import { expect, it } from 'vitest';
import { type Cause, CAUSES, REMEDIES, type Remedy, remedyOf } from '../../src/errors/index.ts';

const causes = Object.keys(CAUSES) as Cause[];
const remedies = Object.keys(REMEDIES) as Remedy[];

it.for<[Cause, Remedy]>([
  ['private', 'owner_must_share'],
  ['not_shared', 'owner_must_share'],
  ['download_disabled', 'ask_for_copy'],
  ['quota_exceeded', 'wait'],
  ['bot_check', 'wait'],
  ['upcoming', 'wait'],
  ['live_now', 'wait'],
  ['age_restricted', 'cookies_needed'],
  ['cookies_expired', 'cookies_again'],
  ['members_only', 'cookies_needed'],
  ['ytdlp_failed', 'update_ytdlp'],
  ['foreign_link', 'link_malformed'],
  ['removed', 'gone_for_good'],
  ['disk_full', 'machine'],
  ['ffmpeg_missing', 'machine'],
  ['dns_failed', 'network'],
  ['short_body', 'run_again'],
])('what mends %s is %s', ([cause, remedy]) => {
  expect(remedyOf(cause)).toEqual({ remedy, ...REMEDIES[remedy], until: null });
});

it('every cause has a remedy, and every remedy mends a cause', () => {
  expect(new Set(causes.map((cause) => remedyOf(cause).remedy))).toEqual(new Set(remedies));
});

it('a cause of another version is mended as an unknown one', () => {
  expect(remedyOf('no_such_cause')).toEqual(remedyOf('unknown'));
});

it('waiting says until when, where the host said so', () => {
  const until = '2026-11-24T16:00:00.000Z';
  expect(remedyOf('quota_exceeded', until).until).toBe(until);
  expect(remedyOf('private', until).until).toBeNull();
});

it('resetting the row is told exactly where the next step says so, and only of what is never tried again', () => {
  const resets = causes.filter((cause) =>
    remedyOf(cause).commands.some((command) => command.startsWith('rowtrail reset')),
  );
  const told = causes.filter((cause) => CAUSES[cause].nextStep.includes('reset the row'));
  expect(resets.toSorted()).toEqual([...told, 'hash_mismatch'].toSorted());
  expect(new Set(resets.map((cause) => CAUSES[cause].verdict))).toEqual(new Set(['never']));
});

it('what is sent to a person is a whole sentence that names no program', () => {
  for (const { message } of Object.values(REMEDIES)) {
    if (message === null) continue;
    expect(message).toMatch(/^[A-Z].{20,}\.$/);
    expect(message).not.toMatch(/rowtrail|CSV|reset|--/);
  }
});
