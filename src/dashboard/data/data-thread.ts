import { parentPort, workerData } from 'node:worker_threads';
import { Office } from './office.ts';
import { apiError } from './plain.ts';
import type { Answer, Call, News, OfficeOptions } from './protocol.ts';

/** The thread that reads CSV and ledger, so that a million rows never hold up who is waiting for a page. */
const port = parentPort;
if (port === null) throw new Error('the thread of the dashboard runs in a worker thread only');

const office = new Office(workerData as OfficeOptions, (news: News) => port.postMessage(news));

port.on('message', (call: Call) => void answer(call));

async function answer({ id, name, args }: Call): Promise<void> {
  const work = office[name as keyof Office] as (...given: readonly unknown[]) => Promise<unknown>;
  try {
    const value = await work.apply(office, [...args]);
    port?.postMessage({ id, ok: true, value } satisfies Answer);
    if (name === 'close') port?.close();
  } catch (error) {
    port?.postMessage({ id, ok: false, error: apiError(error) } satisfies Answer);
  }
}
