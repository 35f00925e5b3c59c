import type { IncomingHttpHeaders } from 'node:http';

/** Whether a person waits for a page, and not a program for an answer. */
export function isVisit({ accept = '', 'sec-fetch-dest': place }: IncomingHttpHeaders): boolean {
  return place === 'document' || (place === undefined && accept.includes('text/html'));
}

/** What a person sees whose browser is refused. @param message one of our own */
export function refusalPage(message: string): string {
  const words = message.replaceAll(/`([^`]*)`/g, '<code>$1</code>');
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>rowtrail</title><h1>The dashboard does not open</h1><p>Reason: ${words}.</p></html>\n`;
}
