import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, vi } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import { removeIndex } from '../../src/index/removal.ts';
import { contract } from './contract.ts';
import { dropMemoryEngine } from './memory-engine/registry.ts';

vi.mock('../../src/index/engine-of.ts', () => import('./memory-engine/engine-of.ts'));

const folder = mkdtempSync(join(tmpdir(), 'index-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

describe('a store that publishes to the memory engine', () => {
  contract(async () => {
    const index = indexAt(join(folder, `${++count}`, 'index.sqlite'));
    return {
      writer: () => openRunStore({ index, create: true }),
      reader: () => openIndexReader({ index }),
      inspector: () => openInspector({ index }),
      destroy: async () => {
        await removeIndex(index);
        dropMemoryEngine(index.path);
      },
    };
  });
});
