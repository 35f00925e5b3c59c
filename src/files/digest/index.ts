export { crc32c } from './crc32c.ts';
export { type Digests, digestsOf, DigestStream, type WantedDigests } from './digests.ts';
export { type FollowedFile, followFile } from './follow-file.ts';
