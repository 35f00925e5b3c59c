import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { runCli } from '../support/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string) => readFile(join(ROOT, name), 'utf8');

const packageSchema = z.object({
  scripts: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
});
const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.string().optional(),
      image: z.string(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).optional(),
      depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
      volumes: z.array(z.string()).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});

const compose = async () => composeSchema.parse(parse(await read('compose.yaml'), { merge: true }));

it('the compose file names services and volumes that it has, and calls the program with flags that there are', async () => {
  const { services, volumes } = await compose();
  expect(Object.keys(services).toSorted()).toEqual(['bucket', 'postgres', 'run', 'storage', 'worker']);
  for (const { depends_on: needs = [], volumes: mounts = [] } of Object.values(services)) {
    for (const name of Array.isArray(needs) ? needs : Object.keys(needs))
      expect(services).toHaveProperty(name);
    const sources = mounts.map((mount) => mount.split(':')[0] ?? '');
    for (const named of sources.filter((source) => !source.startsWith('.')))
      expect(volumes).toHaveProperty(named);
  }
  const ours = Object.values(services).filter(({ build }) => build !== undefined);
  expect(ours).toHaveLength(2);
  for (const { command = [], environment = {} } of ours) {
    const [name = ''] = command;
    const help = await runCli([name, '--help'], { cwd: ROOT });
    expect(help.code).toBe(0);
    const flags = command.filter((word) => word.startsWith('--'));
    for (const flag of flags) expect(help.stdout).toMatch(new RegExp(`^ *${flag}\\b`, 'm'));
    const documented = (await read('docs/cli.md')) + (await read('docs/scaling.md'));
    for (const variable of Object.keys(environment)) expect(documented).toContain(variable);
  }
});

it('the Dockerfile copies what is there, runs scripts that there are, and installs the libraries that the package was tested with', async () => {
  const text = await read('Dockerfile');
  const { scripts, devDependencies, peerDependencies } = packageSchema.parse(
    JSON.parse(await read('package.json')),
  );
  const ran = [...text.matchAll(/npm run (\S+)/g)].map(([, script = '']) => script);
  expect(ran.length).toBeGreaterThan(0);
  for (const script of ran) expect(scripts).toHaveProperty(script);
  const installed = [...text.matchAll(/ (@?[\w/-]+)@(\d[\d.]*)/g)].map(([, name = '', version = '']) => [
    name,
    version,
  ]);
  expect(installed.map(([name]) => name).toSorted()).toEqual(
    Object.keys(peerDependencies)
      .filter((name) => name !== 'google-auth-library')
      .toSorted(),
  );
  for (const [name = '', version] of installed) expect(devDependencies[name]).toBe(version);
  expect(existsSync(join(ROOT, 'package-lock.json'))).toBe(true);
  // What the build needs is not kept from it.
  const left = (await read('.dockerignore')).split('\n');
  for (const needed of ['src', 'scripts', 'bin', 'docs', 'package.json', 'package-lock.json'])
    expect(left).not.toContain(needed);
});
