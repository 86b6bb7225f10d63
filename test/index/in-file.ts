import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import { Started } from './contract/setup.ts';

/** An index in that file that has begun its first run. */
export function startedIn(path: string): Promise<Started> {
  return Started.begin(async () => ({
    store: () => openRunStore({ index: indexAt(path), create: true }),
    reader: () => openIndexReader({ index: indexAt(path) }),
    inspector: () => openInspector({ index: indexAt(path) }),
    destroy: async () => rmSync(path),
  }));
}

/** Temporary paths, removed after the tests of a file. Each call returns another path. */
export function temporaryPaths(): () => string {
  const folder = mkdtempSync(join(tmpdir(), 'index-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  return () => join(folder, `${++count}.sqlite`);
}
