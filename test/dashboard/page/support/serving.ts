import { once } from 'node:events';
import { startCli } from '../../../support/cli.ts';

/** A `rowtrail serve` that answers. */
export interface Serving {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it, as Ctrl-C or without a word. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>;
}

const READY = /http:\/\/127\.0\.0\.1:(\d+)/;

/** Starts `rowtrail serve` as a person would and waits until it says where it is. */
export async function startServing(
  csv: string,
  { cwd, flags = [], port = 0 }: { cwd: string; flags?: readonly string[]; port?: number },
): Promise<Serving> {
  const { child, result } = startCli(['serve', csv, '--port', String(port), ...flags], { cwd });
  let said = '';
  const found = await new Promise<RegExpExecArray>((resolve, reject) => {
    const look = (text: string): void => {
      said += text;
      const match = READY.exec(said);
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    void result.then(({ code, stderr }) => reject(new Error(`serve ended with ${code}: ${stderr}`)));
  });
  return {
    url: `${found[0]}/`,
    port: Number(found[1]),
    pid: child.pid ?? 0,
    stop: async (signal = 'SIGINT') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    },
  };
}
