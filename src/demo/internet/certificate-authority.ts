import { randomBytes, type webcrypto } from 'node:crypto';
// For its side effect, and before @peculiar/x509, whose dependencies need it while they load.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';

/** A certificate with the key that belongs to it, both PEM, as a TLS server takes them. */
export interface ServerCredentials {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that lives only in memory. */
interface CertificateAuthority {
  /** The CA's own certificate, PEM. Its key cannot be exported and never leaves this process. */
  readonly certificate: string;
  /** Issues a server certificate for these DNS names; a name may start with `*.`. */
  issue(dnsNames: readonly string[]): Promise<ServerCredentials>;
}

interface Subject {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

const HOUR_MS = 3_600_000;
const VALID_MS = 7 * 24 * HOUR_MS;
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };

/**
 * Makes a throw-away certificate authority (ECDSA P-256), valid for a week. Its certificates carry the key identifiers
 * and key usages of RFC 5280, which strict verifiers (Python 3.13, OpenSSL 3) insist on.
 */
export async function createCertificateAuthority(now: Date = new Date()): Promise<CertificateAuthority> {
  const ca: Subject = {
    name: `rowtrail loopback CA ${randomBytes(4).toString('hex')}`,
    keys: await newKeys({ extractable: false }),
  };
  const certificate = await certify({
    subject: ca,
    issuer: ca,
    now,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    certificate,
    async issue(dnsNames) {
      const [first = 'localhost'] = dnsNames;
      const subject: Subject = { name: first, keys: await newKeys({ extractable: true }) };
      const cert = await certify({
        subject,
        issuer: ca,
        now,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns', value }))),
        ],
      });
      const key = await crypto.subtle.exportKey('pkcs8', subject.keys.privateKey);
      return { cert, key: `${PemConverter.encode(key, 'PRIVATE KEY')}\n` };
    },
  };
}

function newKeys({ extractable }: { extractable: boolean }): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY_ALGORITHM, extractable, ['sign', 'verify']);
}

interface Certification {
  readonly subject: Subject;
  readonly issuer: Subject;
  readonly now: Date;
  readonly extensions: readonly Extension[];
}

async function certify({ subject, issuer, now, extensions }: Certification): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [subject.name] }],
    issuer: [{ CN: [issuer.name] }],
    // An hour back: the clock of who verifies may lag a little.
    notBefore: new Date(now.getTime() - HOUR_MS),
    notAfter: new Date(now.getTime() + VALID_MS),
    publicKey: subject.keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(subject.keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}
