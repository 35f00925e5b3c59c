import type { Internet } from './internet/index.ts';

/** Puts on the loopback internet what the rows of examples/people.csv link to, good and bad. */
export function addExampleWorld({ youtube, drive }: Internet): void {
  youtube.addVideo({
    id: 'anaEngine01',
    title: 'The Analytical Engine, explained',
    channel: 'Difference Engine',
    captions: [{ lang: 'en', text: 'The engine weaves algebraic patterns.' }],
  });
  youtube.addVideo({
    id: 'nanosecond2',
    title: 'How long is a nanosecond?',
    channel: 'Amazing Grace',
    captions: [{ lang: 'en', kind: 'asr', text: 'This is a nanosecond.' }],
  });
  youtube.addVideo({ id: 'enigma-0003', title: 'Enigma in sixty seconds / ..\\..', channel: 'Hut 8' });
  youtube.addVideo({ id: 'wiped-out10', title: 'Gramophone', channel: 'Records', behaviour: 'removed' });
  youtube.addVideo({
    id: 'sea-breeze1',
    title: 'Sea breeze, live',
    channel: 'Skeleton Coast',
    captions: [{ lang: 'en', text: 'Wind. More wind.' }],
  });
  for (const [at, id] of ['grid-one-12', 'grid-two-12'].entries()) {
    youtube.addVideo({
      id,
      title: `Grid ${at + 1}`,
      channel: 'Total Design',
      captions: [{ lang: 'en', text: 'A grid is a promise.' }],
    });
  }

  drive.addFile({
    id: '1SmallTrajectory005',
    name: 'trajectory, final (1).txt',
    body: 'Launch azimuth 72.0\n',
    checksums: 'right',
  });
  drive.addFile({
    id: '1BigListing000000006',
    name: 'apollo-guidance-listing.bin',
    mediaType: 'application/octet-stream',
    body: { size: 3_000_000, seed: 11 },
    behaviour: 'virus',
    checksums: 'right',
  });
  drive.addFile({ id: '1ForHisEyesOnly00007', name: 'secret.pdf', body: 'secret', behaviour: 'sign-in' });
  drive.addFile({
    id: '1EverybodyWants00008',
    name: 'proposal.pdf',
    body: 'vague but exciting',
    behaviour: 'quota',
  });
  drive.addFile({
    id: '1SeaBreezeNotes00011',
    name: 'Seebrise — Notizen.csv',
    mediaType: 'text/csv',
    body: 'hour,wind\n12,7\n',
  });
  drive.addFile({
    id: '1NewAlphabet00000012',
    name: 'New Alphabet',
    mediaType: 'application/vnd.google-apps.document',
    body: 'An alphabet of straight lines.',
  });
}

/** What the rows end as, other than completed: the demo looks whether it came out so. */
export const EXPECTED_FAILURES: ReadonlyMap<string, string> = new Map([
  ['007 drive', 'not_shared'],
  ['008 drive', 'quota_exceeded'],
  ['010 youtube', 'removed'],
  ['013 youtube', 'malformed_link'],
]);
