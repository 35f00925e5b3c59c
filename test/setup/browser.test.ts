import { describe, expect, test } from 'vitest';
import { findBrowser, setUpBrowser } from '../../scripts/repository/browser.js';
import { addPrograms, bareMachine } from './machine.ts';

describe('the browser that the page is tested in', () => {
  test('is the one a person names, else the one of this machine', () => {
    const machine = bareMachine(process.execPath);
    expect(findBrowser({ ...machine.env, CHROMIUM: '/opt/chromium' })).toBe('/opt/chromium');
    expect(findBrowser(machine.env)).toBeNull();
    addPrograms(machine, 'chromium');
    expect(findBrowser(machine.env)).toMatch(/chromium$/);
  });

  test('a machine without it, on which nothing may be installed, is told what to run', async () => {
    const machine = bareMachine(process.execPath);
    await expect(setUpBrowser({ env: machine.env })).rejects.toThrow(/need Chromium on PATH[\s\S]*chromium/);
  });

  test('one that is there is left alone', async () => {
    const machine = bareMachine(process.execPath);
    addPrograms(machine, 'chromium');
    const steps: string[] = [];
    await setUpBrowser({ env: machine.env, say: (line) => steps.push(line) });
    expect(steps).toEqual([]);
  });
});
