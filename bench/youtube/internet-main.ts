// The YouTube on loopback, in a process of its own, so that what it costs is not counted. Prints how to reach it.
import { startInternet } from '../../src/demo/internet/index.ts';

const [mediaDir = '', latencyMs = '0', count = '0'] = process.argv.slice(2);
const internet = await startInternet({ mediaDir, latencyMs: Number(latencyMs) });
const ids = Array.from({ length: Number(count) }, (_, index) => `bench${String(index).padStart(6, '0')}`);
for (const id of ids) {
  internet.youtube.addVideo({
    id,
    captions: [{ lang: 'en', text: 'The engine weaves\nalgebraic patterns.' }],
  });
}
process.stdout.write(`${JSON.stringify({ proxy: internet.proxyUrl, caCert: internet.caCertFile, ids })}\n`);
process.stdin.resume().on('end', () => void internet.close().then(() => process.exit(0)));
