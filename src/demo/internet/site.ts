import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from './faults.ts';
import type { Reply } from './reply.ts';

/** A request as a site sees it. */
export interface SiteRequest {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body as text. */
  readonly body: string;
}

/** A reply, and what happens to it on the way. */
export interface Answer {
  readonly reply: Reply;
  readonly fault: Fault;
}

/** A web site of the loopback internet. */
export interface Site {
  /** Host names; `*.` in front stands for exactly one label. */
  readonly hosts: readonly string[];
  answer(request: SiteRequest): Promise<Answer>;
}

export function servesHost(site: Site, host: string): boolean {
  const parent = `*.${host.split('.').slice(1).join('.')}`;
  return site.hosts.includes(host) || site.hosts.includes(parent);
}
