import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { completed, md5, newObject, sha256, type StoredObject, type Upload } from './objects.ts';
import { type Keys, signatureProblem } from './signature.ts';

/** What a storage is like: whether it knows conditions and checksums, and what goes wrong there. */
export interface S3Options {
  /** Whether it heeds `If-None-Match` and `If-Match`; older ones pass them over (default true). */
  readonly conditions?: boolean;
  /** Whether it keeps and tells SHA-256 (default true). */
  readonly checksums?: boolean;
  /** Sees each request first. `cut` ends the connection, a word is answered as an error with HTTP 403 or 500. */
  readonly onRequest?: (request: S3Request) => S3Fault | null | Promise<S3Fault | null>;
  /** Told checksums are replaced by what this returns. */
  readonly onTold?: (checksum: string, key: string) => string;
}

export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** `lose the answer`: the request is fulfilled, and nobody hears of it. */
export type S3Fault =
  'cut' | 'cut after half' | 'lose the answer' | { readonly status: number; readonly code: string };

export interface S3Server {
  readonly endpoint: string;
  readonly keys: Keys;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, Upload>;
  readonly requests: S3Request[];
  options: S3Options;
  /** The environment in which rowtrail reaches it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const KEYS: Keys = { accessKeyId: 'AKIDROWTRAIL', secretAccessKey: 'secret/of+rowtrail' };

/**
 * An object storage on loopback that speaks enough of S3 for our client: signed requests, objects, ranges, listings, conditions, copies,
 * checksums, and uploads in parts. It keeps S3's own rules: what does not fit its checksum, its condition or its signature is refused.
 */
export async function startS3(bucket: string, options: S3Options = {}): Promise<S3Server> {
  const storage = new Storage(bucket);
  const server = createServer((request, response) => {
    storage.answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  storage.options = options;
  return {
    endpoint,
    keys: KEYS,
    objects: storage.objects,
    uploads: storage.uploads,
    requests: storage.requests,
    get options() {
      return storage.options;
    },
    set options(given) {
      storage.options = given;
    },
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    close: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
  }
}

class Storage {
  options: S3Options = {};
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();
  readonly requests: S3Request[] = [];
  readonly #bucket: string;

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://storage');
    const [, bucket = '', ...rest] = request.url?.split('?')[0]?.split('/') ?? [];
    const asked: S3Request = {
      method: request.method ?? '',
      bucket,
      key: rest.map(decodeURIComponent).join('/'),
      query: url.searchParams,
    };
    this.requests.push(asked);
    const fault = (await this.options.onRequest?.(asked)) ?? null;
    if (fault === 'cut') {
      request.socket.destroy();
      return;
    }
    if (fault === 'cut after half') {
      let seen = 0;
      for await (const chunk of request) {
        seen += (chunk as Buffer).length;
        if (seen * 2 > Number(request.headers['content-length'])) break;
      }
      request.socket.destroy();
      return;
    }
    const body = await bodyOf(request);
    try {
      if (typeof fault === 'object' && fault !== null) throw new Refused(fault.status, fault.code);
      const { method = '', url: path = '', headers } = request;
      const problem = signatureProblem({ method, url: path, headers }, KEYS);
      if (problem !== null) throw new Refused(403, problem);
      const declared = headers['x-amz-content-sha256'];
      if (declared !== 'UNSIGNED-PAYLOAD' && declared !== Buffer.from(sha256(body), 'base64').toString('hex'))
        throw new Refused(400, 'XAmzContentSHA256Mismatch');
      if (bucket !== this.#bucket) throw new Refused(404, 'NoSuchBucket');
      if (fault === 'lose the answer') response.end = () => response.destroy();
      this.#work(asked, request, body, response);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      response.writeHead(error.status, { 'content-type': 'application/xml' });
      response.end(
        request.method === 'HEAD' ? '' : `<Error><Code>${error.message}</Code><Message>no</Message></Error>`,
      );
    }
  }

  #work(asked: S3Request, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { method, key, query } = asked;
    const headers = request.headers;
    const xml = (text: string, more: Record<string, string> = {}) => {
      response.writeHead(200, { 'content-type': 'application/xml', ...more });
      response.end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
    };
    const done = (status: number, more: Record<string, string> = {}) => {
      response.writeHead(status, more);
      response.end();
    };
    const uploadId = query.get('uploadId');
    if (key === '') {
      if (query.has('uploads')) xml(this.#listUploads(query));
      else xml(this.#list(query));
    } else if (method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      const type = headers['content-type'] ?? '';
      this.uploads.set(id, { key, type, begun: new Date(), parts: new Map() });
      xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    } else if (uploadId !== null) {
      const upload = this.uploads.get(uploadId);
      if (upload === undefined || upload.key !== key) throw new Refused(404, 'NoSuchUpload');
      if (method === 'PUT') {
        this.#checkSum(headers, body);
        const part = { bytes: body, etag: `"${md5(body)}"`, checksum: sha256(body) };
        upload.parts.set(Number(query.get('partNumber')), part);
        done(200, { etag: part.etag, ...this.#told(part.checksum, key) });
      } else if (method === 'DELETE') {
        this.uploads.delete(uploadId);
        done(204);
      } else {
        this.#checkConditions(key, headers);
        const object = completed(upload, namedParts(body.toString()), this.options.checksums !== false);
        if (object === null) throw new Refused(400, 'InvalidPart');
        this.objects.set(key, object);
        this.uploads.delete(uploadId);
        const told = this.#told(object.checksum, key)['x-amz-checksum-sha256'];
        xml(
          `<CompleteMultipartUploadResult><ETag>${object.etag}</ETag>${told === undefined ? '' : `<ChecksumSHA256>${told}</ChecksumSHA256>`}</CompleteMultipartUploadResult>`,
        );
      }
    } else if (method === 'PUT') {
      this.#checkConditions(key, headers);
      const source = headers['x-amz-copy-source'];
      if (typeof source === 'string') {
        const from = this.objects.get(decodeURIComponent(source).slice(this.#bucket.length + 1));
        if (from === undefined) throw new Refused(404, 'NoSuchKey');
        const object = newObject(from.bytes, from.type, this.options.checksums !== false);
        this.objects.set(key, object);
        xml(`<CopyObjectResult><ETag>${object.etag}</ETag></CopyObjectResult>`);
        return;
      }
      this.#checkSum(headers, body);
      const object = newObject(body, headers['content-type'] ?? '', this.options.checksums !== false);
      this.objects.set(key, object);
      done(200, { etag: object.etag, ...this.#told(object.checksum, key) });
    } else if (method === 'DELETE') {
      this.objects.delete(key);
      done(204);
    } else {
      const object = this.objects.get(key);
      if (object === undefined) throw new Refused(404, 'NoSuchKey');
      const { from, to, isPart } = rangeOf(headers.range, object.bytes.length);
      response.writeHead(isPart ? 206 : 200, {
        'content-length': to - from + 1,
        'content-type': object.type,
        etag: object.etag,
        'last-modified': object.modified.toUTCString(),
        ...(isPart ? { 'content-range': `bytes ${from}-${to}/${object.bytes.length}` } : {}),
        ...(headers['x-amz-checksum-mode'] === 'ENABLED' ? this.#told(object.checksum, key) : {}),
      });
      response.end(method === 'HEAD' ? undefined : object.bytes.subarray(from, to + 1));
    }
  }

  #told(checksum: string | null, key: string): Record<string, string> {
    if (checksum === null || this.options.checksums === false) return {};
    return { 'x-amz-checksum-sha256': this.options.onTold?.(checksum, key) ?? checksum };
  }

  #checkSum(headers: IncomingMessage['headers'], body: Buffer): void {
    const declared = headers['x-amz-checksum-sha256'];
    if (this.options.checksums !== false && declared !== undefined && declared !== sha256(body))
      throw new Refused(400, 'BadDigest');
  }

  #checkConditions(key: string, headers: IncomingMessage['headers']): void {
    if (this.options.conditions === false) return;
    const there = this.objects.get(key);
    if (headers['if-none-match'] === '*' && there !== undefined) throw new Refused(412, 'PreconditionFailed');
    const match = headers['if-match'];
    if (match !== undefined && there?.etag !== match) throw new Refused(412, 'PreconditionFailed');
  }

  #list(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter');
    const after = query.get('continuation-token') ?? '';
    const most = Number(query.get('max-keys') ?? 1000);
    const names = [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix) && key > after)
      .toSorted(byBytes);
    const page = names.slice(0, most);
    const contents: string[] = [];
    const folders = new Set<string>();
    for (const key of page) {
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      if (end >= 0) folders.add(key.slice(0, end + 1));
      else {
        const { bytes, modified } = this.objects.get(key) ?? newObject(Buffer.alloc(0), '', false);
        contents.push(
          `<Contents><Key>${escaped(key)}</Key><Size>${bytes.length}</Size><LastModified>${modified.toISOString()}</LastModified></Contents>`,
        );
      }
    }
    const isCut = names.length > most;
    const token = isCut ? `<NextContinuationToken>${escaped(page.at(-1) ?? '')}</NextContinuationToken>` : '';
    const common = [...folders].map(
      (name) => `<CommonPrefixes><Prefix>${escaped(name)}</Prefix></CommonPrefixes>`,
    );
    return `<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${token}${contents.join('')}${common.join('')}</ListBucketResult>`;
  }

  #listUploads(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const found = [...this.uploads].filter(([, { key }]) => key.startsWith(prefix));
    const texts = found.map(
      ([id, { key, begun }]) =>
        `<Upload><Key>${escaped(key)}</Key><UploadId>${id}</UploadId><Initiated>${begun.toISOString()}</Initiated></Upload>`,
    );
    return `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${texts.join('')}</ListMultipartUploadsResult>`;
  }
}

function namedParts(xml: string) {
  const value = (text: string, name: string) =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? null;
  return [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(value(part, 'PartNumber')),
    etag: (value(part, 'ETag') ?? '').replaceAll('&quot;', '"'),
    checksum: value(part, 'ChecksumSHA256'),
  }));
}

function rangeOf(header: string | undefined, size: number) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (match === null) return { from: 0, to: size - 1, isPart: false };
  const to = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return { from: Number(match[1]), to, isPart: true };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
