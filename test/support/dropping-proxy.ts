import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands before a server and can drop what is sent, as a network does that is cut: nobody's connection ends, nothing comes through. */
export interface DroppingProxy extends AsyncDisposable {
  /** The server's address, through the proxy. */
  readonly url: string;
  /** From now on nothing comes through, in either direction. */
  cut(): void;
  /** Drops the next commit, and cuts with it. */
  cutAtCommit(): void;
  readonly isCut: () => boolean;
  /** New connections come through again; those of before stay dead. */
  mend(): void;
  /** Ends the connection that says this next, before the server hears it. */
  breakAt(text: string): void;
}

/** @param url of a PostgreSQL */
export async function droppingProxy(url: string): Promise<DroppingProxy> {
  const { port: serverPort, hostname } = new URL(url);
  const sockets = new Set<Socket>();
  let generation = 0;
  let isCut = false;
  let waitsForCommit = false;
  let breaksAt: string | null = null;
  const server = createServer((client) => {
    const mine = generation;
    const goes = () => !isCut && mine === generation;
    const upstream = connect(Number(serverPort), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (data) => {
      if (waitsForCommit && data.includes('COMMIT\0')) cut();
      if (breaksAt !== null && data.includes(breaksAt)) {
        breaksAt = null;
        client.destroy();
      } else if (goes()) upstream.write(data);
    });
    upstream.on('data', (data) => void (goes() && client.write(data)));
    // Also a good-bye is lost on a way that is cut.
    client.on('close', () => void (goes() && upstream.destroy()));
    upstream.on('close', () => void (goes() && client.destroy()));
  });
  const cut = () => {
    waitsForCommit = false;
    isCut = true;
    generation++;
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const own = new URL(url);
  own.port = String(port);
  return {
    url: own.href,
    cut,
    cutAtCommit: () => (waitsForCommit = true),
    isCut: () => isCut,
    mend: () => (isCut = false),
    breakAt: (text) => (breaksAt = text),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
