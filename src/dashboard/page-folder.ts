import { fileURLToPath } from 'node:url';
import { extname } from 'node:path';

/** Where the built page stands: beside the server's modules, from which the command line was put together in the folder next to them. */
const PLACE = extname(import.meta.url) === '.ts' ? '../../dist/dashboard/page/' : '../dashboard/page/';

export const PAGE_FOLDER = fileURLToPath(new URL(PLACE, import.meta.url));
