import { execFile } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
// Before the library, which needs what this module loads first.
import { createCertificateAuthority } from '../../../src/demo/internet/certificate-authority.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as ParsedCertificate,
} from '@peculiar/x509';

const run = promisify(execFile);

test('its certificates are issued by its own CA, for its own names', async () => {
  const ca = await createCertificateAuthority();
  const authority = new X509Certificate(ca.certificate);
  const server = new X509Certificate((await ca.issue(['youtu.be', '*.googlevideo.com'])).cert);
  expect(authority.ca).toBe(true);
  expect(authority.verify(authority.publicKey)).toBe(true);
  expect(server.ca).toBe(false);
  expect(server.checkIssued(authority)).toBe(true);
  expect(server.verify(authority.publicKey)).toBe(true);
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(server.subjectAltName).toBe('DNS:youtu.be, DNS:*.googlevideo.com');
  expect(server.checkHost('rr1.googlevideo.com')).toBe('*.googlevideo.com');
  expect(server.checkHost('example.com')).toBeUndefined();
  expect(server.validToDate.getTime()).toBeGreaterThan(Date.now() + 24 * 3_600_000);
});

test('the key that comes with a certificate is the one the certificate names', async () => {
  const { cert, key } = await (await createCertificateAuthority()).issue(['youtu.be']);
  expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true);
});

test('its certificates carry what strict verifiers insist on: key identifiers, and usages marked as critical', async () => {
  const ca = await createCertificateAuthority();
  const authority = new ParsedCertificate(ca.certificate);
  const server = new ParsedCertificate((await ca.issue(['youtu.be'])).cert);
  const caKeyId = authority.getExtension(SubjectKeyIdentifierExtension)?.keyId;
  expect(caKeyId).toMatch(/^[0-9a-f]{40}$/);
  for (const certificate of [authority, server]) {
    expect(certificate.getExtension(AuthorityKeyIdentifierExtension)?.keyId).toBe(caKeyId);
    expect(certificate.getExtension(SubjectKeyIdentifierExtension)?.critical).toBe(false);
    expect(certificate.getExtension(BasicConstraintsExtension)?.critical).toBe(true);
    expect(certificate.getExtension(KeyUsagesExtension)?.critical).toBe(true);
    expect(certificate.serialNumber).toMatch(/^[0-9a-f]{2,40}$/);
  }
  expect(server.getExtension(SubjectKeyIdentifierExtension)?.keyId).not.toBe(caKeyId);
  expect(server.serialNumber).not.toBe(authority.serialNumber);
  expect(authority.getExtension(KeyUsagesExtension)?.usages).toBe(
    KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
  );
  expect(server.getExtension(KeyUsagesExtension)?.usages).toBe(KeyUsageFlags.digitalSignature);
});

test('certificates are made on demand: who only imports it does not load what makes them', async () => {
  const module = pathToFileURL(join(import.meta.dirname, '../../../src/demo/internet/index.ts')).href;
  const script = `await import(${JSON.stringify(module)});
    console.log(typeof Reflect.getMetadata);
    const { startInternet } = await import(${JSON.stringify(module)});
    await (await startInternet()).close();
    console.log(typeof Reflect.getMetadata);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
  expect(stdout).toBe('undefined\nfunction\n');
});
