import { contentOf, generatedContent, type GeneratedBody } from '../content.ts';
import { takeFaults, type Fault } from '../faults.ts';
import { fileReply } from '../partial-reply.ts';
import { notFound, redirect, type Reply } from '../reply.ts';
import type { Site, SiteRequest } from '../site.ts';

/** What stands under a path of the web site; may be changed at any time. */
export interface WebPage {
  body?: Buffer | string | GeneratedBody;
  mediaType?: string;
  /** The Content-Disposition header as it is sent. */
  disposition?: string;
  /** Sends the client there instead. */
  redirectTo?: string;
  fault?: Fault;
}

/** A plain web site of the loopback internet, for links that lead to no service. */
export interface Web {
  /** `https://files.example.org`. */
  readonly origin: string;
  /** By path, with its leading slash. */
  readonly pages: Map<string, WebPage>;
}

const HOST = 'files.example.org';

/** Makes an empty web site, and the site that serves it. */
export function createWeb(): { web: Web; site: Site } {
  const pages = new Map<string, WebPage>();
  return {
    web: { origin: `https://${HOST}`, pages },
    site: {
      hosts: [HOST],
      answer(request) {
        const page = pages.get(request.path);
        const reply = page === undefined ? notFound() : pageReply(page, request);
        return Promise.resolve({ reply, fault: takeFaults(page?.fault) });
      },
    },
  };
}

function pageReply(
  { body = '', mediaType, disposition, redirectTo }: WebPage,
  { headers }: SiteRequest,
): Reply {
  if (redirectTo !== undefined) return redirect(redirectTo);
  const content =
    typeof body === 'string' || Buffer.isBuffer(body) ? contentOf(body) : generatedContent(body);
  return fileReply({
    content,
    headers: {
      'content-type': mediaType ?? 'application/octet-stream',
      ...(disposition === undefined ? {} : { 'content-disposition': disposition }),
      etag: `"${content.size}"`,
    },
    range: headers.range,
    ifRange: typeof headers['if-range'] === 'string' ? headers['if-range'] : undefined,
  });
}
