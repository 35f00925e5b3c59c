import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { createCertificateAuthority } from '../../../src/demo/internet/certificate-authority.ts';
import { startConnectProxy } from '../../../src/demo/internet/connect-proxy.ts';
import type { Reply } from '../../../src/demo/internet/reply.ts';
import type { SiteRequest } from '../../../src/demo/internet/site.ts';
import { downloadDriveWithContext, type DriveOptions } from '../../../src/sources/drive/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { impatientHosts, ROW } from './fixtures.ts';

const HOSTS = [
  'www.googleapis.com',
  'oauth2.googleapis.com',
  'drive.google.com',
  'docs.google.com',
  'drive.usercontent.google.com',
];

/** Google's hosts, which answer what a test says, also what Google would not. */
export interface ScriptedGoogle {
  answer: (request: SiteRequest) => Reply;
  /** Every request so far. */
  readonly requests: readonly SiteRequest[];
  /** Downloads a cell into a folder of its own, with an API key unless the options say otherwise. */
  download(
    cell: string,
    options?: DriveOptions,
  ): Promise<{
    readonly result: Awaited<ReturnType<typeof downloadDriveWithContext>>;
    readonly folder: string;
  }>;
  close(): Promise<void>;
}

export async function scriptedGoogle(): Promise<ScriptedGoogle> {
  const authority = await createCertificateAuthority();
  const requests: SiteRequest[] = [];
  const proxy = await startConnectProxy({
    sites: [
      {
        hosts: HOSTS,
        answer: (request) => {
          requests.push(request);
          return Promise.resolve({ reply: google.answer(request), fault: {} });
        },
      },
    ],
    credentials: await authority.issue(HOSTS),
    record: () => {},
  });
  const google: ScriptedGoogle = {
    answer: () => {
      throw new Error('No answer was scripted');
    },
    requests,
    async download(cell, options = {}) {
      const desk = await tempFolder();
      const caCertFile = join(desk, 'ca.pem');
      await writeFile(caCertFile, authority.certificate);
      const folder = join(desk, 'drive');
      const result = await downloadDriveWithContext(cell, ROW, {
        outputDir: folder,
        network: { proxy: proxy.url, caCertFile },
        hosts: impatientHosts(),
        apiKey: 'AIzaSyScripted-0123456789_abcdefghijklm',
        ...options,
      });
      return { result, folder };
    },
    close: () => proxy.close(),
  };
  return google;
}
