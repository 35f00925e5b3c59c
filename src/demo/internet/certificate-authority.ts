import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  TRUE,
  utcTime,
  utf8String,
} from './der.ts';

/** A certificate with the key that belongs to it, both PEM, as a TLS server takes them. */
export interface ServerCredentials {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that lives only in memory. */
interface CertificateAuthority {
  /** The CA's own certificate, PEM. Its key never leaves this process. */
  readonly certificate: string;
  /** Issues a server certificate for these DNS names; a name may start with `*.`. */
  issue(dnsNames: readonly string[]): ServerCredentials;
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Subject {
  readonly name: string;
  readonly keys: KeyPair;
}

const HOUR_MS = 3_600_000;
const VALID_MS = 7 * 24 * HOUR_MS;
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/**
 * Makes a throw-away certificate authority (ECDSA P-256), valid for a week. Its certificates carry the key identifiers
 * and key usages of RFC 5280, which strict verifiers (Python 3.13, OpenSSL 3) insist on.
 */
export function createCertificateAuthority(now: Date = new Date()): CertificateAuthority {
  const ca: Subject = { name: `rowtrail loopback CA ${randomBytes(4).toString('hex')}`, keys: newKeys() };
  const certificate = certify({
    subject: ca,
    issuer: ca,
    now,
    extensions: [
      extension('2.5.29.19', sequence(TRUE), { critical: true }), // basicConstraints: a CA
      extension('2.5.29.15', bitString(Buffer.from([0b00000110]), 1), { critical: true }), // certificates and CRLs
    ],
  });
  return {
    certificate,
    issue(dnsNames) {
      const [first = 'localhost'] = dnsNames;
      const subject: Subject = { name: first, keys: newKeys() };
      const cert = certify({
        subject,
        issuer: ca,
        now,
        extensions: [
          extension('2.5.29.19', sequence(), { critical: true }), // basicConstraints: no CA
          extension('2.5.29.15', bitString(Buffer.from([0b10000000]), 7), { critical: true }), // digital signatures
          extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // a TLS server
          extension(
            '2.5.29.17',
            sequence(...dnsNames.map((name) => implicit(2, Buffer.from(name, 'ascii')))),
          ),
        ],
      });
      return { cert, key: subject.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

function newKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

interface Certification {
  readonly subject: Subject;
  readonly issuer: Subject;
  readonly now: Date;
  readonly extensions: readonly Buffer[];
}

function certify({ subject, issuer, now, extensions }: Certification): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40; // positive, and no leading zero
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer.name),
    // An hour back: the clock of who verifies may lag a little.
    sequence(utcTime(new Date(now.getTime() - HOUR_MS)), utcTime(new Date(now.getTime() + VALID_MS))),
    distinguishedName(subject.name),
    publicKeyInfo(subject.keys),
    explicit(
      3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octetString(keyIdentifier(subject.keys))),
        extension('2.5.29.35', sequence(implicit(0, keyIdentifier(issuer.keys)))),
      ),
    ),
  );
  const signature = sign('sha256', body, issuer.keys.privateKey);
  return toPem(sequence(body, ECDSA_WITH_SHA256, bitString(signature)));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String(commonName))));
}

function extension(id: string, value: Buffer, { critical = false } = {}): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [TRUE] : []), octetString(value));
}

function publicKeyInfo({ publicKey }: KeyPair): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function keyIdentifier(keys: KeyPair): Buffer {
  return createHash('sha256').update(publicKeyInfo(keys)).digest().subarray(0, 20);
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
