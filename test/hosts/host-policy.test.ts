import { expect, it } from 'vitest';
import { HOST, policies } from '../../src/hosts/index.ts';

it.each([
  ['polite', HOST.youtube, 1000],
  ['polite', HOST.drive, 250],
  ['polite', 'files.example.org', 250],
  ['polite', HOST.media, 0],
  ['off', HOST.youtube, 0],
  [2000, HOST.youtube, 2000],
  [2000, 'files.example.org', 2000],
  [2000, HOST.transcripts, 0],
] as const)('at pace %s there are between two starts at %s %i ms', (pace, host, milliseconds) => {
  expect(policies(pace, 3)(host).pace).toBe(milliseconds);
});
