import { afterAll } from 'vitest';
import { testDownloads } from './download-suite.ts';
import { removeStandalone, standaloneYtDlp } from './loopback.ts';

afterAll(removeStandalone);
testDownloads(standaloneYtDlp);
