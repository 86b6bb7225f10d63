import { existsSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector } from '../../src/index/open.ts';
import { IndexReplacedError, IndexUnavailableError, StaleRunError } from '../../src/index/port/errors.ts';
import { openRunStoreInThread } from '../../src/index/thread/in-thread.ts';
import { contract } from './contract.ts';
import { temporaryPaths } from './in-file.ts';

// The thread runs the last build: its files are compiled.

const newPath = temporaryPaths();

describe('SQLite in a thread of its own', () => {
  contract(async () => {
    const path = newPath();
    return {
      store: () => openRunStoreInThread({ index: indexAt(path), create: true }),
      reader: () => openIndexReader({ index: indexAt(path) }),
      inspector: () => openInspector({ index: indexAt(path) }),
      destroy: async () => {
        for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
      },
    };
  });
});
