import { rmSync } from 'node:fs';
import { openIndexReader, openIndexWriter, openInspector } from '../../src/index/open.ts';
import { Started } from './contract/setup.ts';

/** An index that has begun its first run, in that file. */
export function startedIn(path: string): Promise<Started> {
  return Started.begin(async () => ({
    writer: () => openIndexWriter({ path, create: true }),
    reader: () => openIndexReader({ path }),
    inspector: () => openInspector({ path }),
    destroy: async () => rmSync(path),
  }));
}
