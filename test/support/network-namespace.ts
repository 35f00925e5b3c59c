import { spawnSync } from 'node:child_process';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A network of its own, with one cable to this machine, that can be pulled. */
export interface NetworkNamespace {
  /** What a command line begins with that is to run there. */
  readonly prefix: readonly string[];
  /** A server of this machine's loopback, as it is reached from there. */
  readonly urlOf: (url: string) => Promise<string>;
  pull(): void;
  plugIn(): void;
}

function ip(...args: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr).trim();
}

/** Why this machine has no network namespaces for us; null where it has. */
export function whyNoNamespaces(): string | null {
  const name = `rt-try-${process.pid}`;
  const reason = ip('netns', 'add', name);
  if (reason === null) ip('netns', 'delete', name);
  return reason;
}

/** It ends with the test. */
export function networkNamespace(): NetworkNamespace {
  const id = process.pid % 65_536;
  const [name, here, there] = [`rt-${id}`, `rth${id}`, `rtt${id}`];
  // Of the range that is for measurements between networks.
  const net = `198.18.${id >> 8}`;
  const host = id & 0xff & ~3;
  const [ours, theirs] = [`${net}.${host + 1}`, `${net}.${host + 2}`];
  const steps = [
    ['netns', 'add', name],
    ['link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name],
    ['address', 'add', `${ours}/30`, 'dev', here],
    ['link', 'set', here, 'up'],
    ['-n', name, 'address', 'add', `${theirs}/30`, 'dev', there],
    ['-n', name, 'link', 'set', there, 'up'],
  ];
  onTestFinished(() => void ip('netns', 'delete', name));
  for (const step of steps) {
    const reason = ip(...step);
    if (reason !== null) throw new Error(`ip ${step.join(' ')}: ${reason}`);
  }
  return {
    prefix: ['ip', 'netns', 'exec', name],
    urlOf: (url) => relay(url, ours),
    pull: () => void ip('link', 'set', here, 'down'),
    plugIn: () => void ip('link', 'set', here, 'up'),
  };
}

/** Loopback belongs to each network: a relay at our end of the cable. */
async function relay(url: string, address: string): Promise<string> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const there = new URL(url);
  there.hostname = address;
  there.port = String((server.address() as AddressInfo).port);
  return there.href;
}
