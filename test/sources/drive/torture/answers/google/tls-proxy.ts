import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { ServerCredentials } from '../../../../../../src/demo/internet/certificate-authority.ts';
import type { Line } from '../conversation.ts';
import { resetConnection } from '../../../../../support/reset-connection.ts';

const GOOGLES = /^[\w.-]+\.(?:google|googleusercontent|googleapis)\.com:443$/;

/** A proxy behind which stand Google's hosts, all in one; connections come as they are, byte by byte. */
export class TlsProxy implements AsyncDisposable {
  readonly #server = createServer((socket) => this.#greet(socket));
  readonly #sockets = new Set<Socket>();
  readonly #context;
  /** Whom a client wanted to be led to besides. */
  readonly foreign: string[] = [];
  onLine: (line: Line) => void = () => {};

  constructor(credentials: ServerCredentials) {
    this.#context = createSecureContext(credentials);
  }

  /** @returns the proxy's address */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends all connections. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    socket.once('data', (head) => {
      const target = /^CONNECT (\S+) /.exec(head.toString('latin1'))?.[1] ?? '';
      if (!GOOGLES.test(target)) {
        this.foreign.push(head.toString('latin1').slice(0, 100));
        socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      const secure = new TLSSocket(socket, { isServer: true, secureContext: this.#context });
      this.onLine({ socket: secure, reset: () => resetConnection(socket, secure) });
    });
  }
}
