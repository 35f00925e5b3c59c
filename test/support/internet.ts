import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ProxyAgent } from 'undici';
import { findTool } from '../../scripts/setup/index.js';
import { startInternet, type Internet } from '../../src/demo/internet/index.ts';

const run = promisify(execFile);

/** Media are made once for all test files and runs; their names say how, so an old folder does no harm. */
const MEDIA_DIR = 'node_modules/.cache/loopback-media';

/** A loopback internet for one test file: `beforeAll` or `await using`. */
export function startTestInternet(): Promise<Internet> {
  return startInternet({ mediaDir: MEDIA_DIR });
}

/** An undici dispatcher that reaches the loopback internet, as a user behind a proxy with its own CA would. */
export function agentFor({ proxyUrl, caCertFile }: Internet): ProxyAgent {
  return new ProxyAgent({ uri: proxyUrl, requestTls: { ca: readFileSync(caCertFile, 'utf8') } });
}

interface ProgramResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real yt-dlp against the loopback internet, in `cwd`, with these options and URLs. */
export function ytDlp(
  { proxyUrl, caCertFile }: Internet,
  { cwd, options = [], urls }: { cwd: string; options?: readonly string[]; urls: readonly string[] },
): Promise<ProgramResult> {
  const args = [
    ...['--ignore-config', '--no-update', '--compat-options', 'no-certifi', '--ies', 'youtube.*'],
    ...['--no-cache-dir', '--proxy', proxyUrl, '--quiet', '--retry-sleep', '0', ...options, '--', ...urls],
  ];
  const child = spawn(findTool('yt-dlp', process.env) ?? 'yt-dlp', args, {
    cwd,
    env: { ...process.env, LANG: 'C.UTF-8', SSL_CERT_FILE: caCertFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

interface ProbedStream {
  readonly codec_type: string;
  readonly codec_name: string;
  readonly height?: number;
}

/** What ffprobe finds in a media file. */
export async function probe(path: string): Promise<{ streams: readonly ProbedStream[]; seconds: number }> {
  const { stdout } = await run(findTool('ffprobe', process.env) ?? 'ffprobe', [
    '-v',
    'error',
    '-show_streams',
    '-show_format',
    '-of',
    'json',
    path,
  ]);
  const found = JSON.parse(stdout) as { streams: ProbedStream[]; format: { duration: string } };
  return { streams: found.streams, seconds: Number(found.format.duration) };
}
