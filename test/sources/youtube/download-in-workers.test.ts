import { testDownloads } from './download-suite.ts';

testDownloads(async () => undefined);
